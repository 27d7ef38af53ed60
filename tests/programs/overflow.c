/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - a thread that dies of SIGSEGV, in the way that is asked for:
 *   thread   it recurses for ever, on a stack of 64 KiB
 *   main     so does main, on its own stack
 *   frame    it uses one frame far larger than any guard
 *   signal   it is interrupted with no room left for the signal
 *   wild     it writes to an address that nobody has
 *   own      it writes to its own guard, from far above
 *   other    it writes to the guard of another thread
 *   freed    it writes to the guard of a thread that is gone
 *   kill     it is sent the signal
 *   handler  as thread, but the program has a handler of its own
 */
#include "thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *how;
static char *volatile target; /* where to write */

static int __attribute__((noinline)) recurse(volatile int *depth)
{
    volatile char frame[512];
    frame[0] = (char)++*depth;
    return *depth == -1 ? 0 : recurse(depth) + frame[0];
}

static void
recurse_for_ever(void)
{
    volatile int depth = 0;
    recurse(&depth);
}

static void
use_one_large_frame(void)
{
    volatile char frame[1024 * 1024];
    frame[0] = 1;
    for (size_t i = 0; i < sizeof frame; i += 64)
        frame[i] = 2;
}

static bool
readable(const char *address)
{
    static int ends[2];
    char byte;
    if (ends[1] == 0 && pipe(ends) != 0)
        exit(1);
    return write(ends[1], address, 1) == 1 && read(ends[0], &byte, 1) == 1;
}

/* The guard of the stack on which this local variable lies. */
static char *
guard_below(char *local)
{
    char *page = local - (size_t)local % 4096;
    while (readable(page))
        page -= 4096;
    return page;
}

/* Go down until less is left than a signal needs, then have one come. */
static void __attribute__((noinline)) interrupt_near(const char *low)
{
    volatile char frame[256];
    frame[0] = 1;
    if ((const char *)frame - low > 1024)
        interrupt_near(low);
    else
        raise(SIGUSR1);
    frame[1] = 2;
}

static void
ignore(int sig)
{
    (void)sig;
}

static void
be_interrupted_deep_down(void)
{
    char local;
    signal(SIGUSR1, ignore);
    interrupt_near(guard_below(&local) + 4096);
}

static void *
die(void *arg)
{
    char local;
    if (strcmp(how, "own") == 0)
        target = guard_below(&local);
    if (strcmp(how, "frame") == 0)
        use_one_large_frame();
    else if (strcmp(how, "signal") == 0)
        be_interrupted_deep_down();
    else if (strcmp(how, "kill") == 0)
        raise(SIGSEGV);
    else if (target)
        *target = 1;
    else
        recurse_for_ever();
    return arg;
}

/* A thread that says where its guard lies; "other" keeps it, "freed" not. */
static void *
be_a_target(void *arg)
{
    char local;
    if (!target)
        target = guard_below(&local);
    if (strcmp(how, "other") == 0)
        thread_sleep_until(THREAD_FOREVER);
    return arg;
}

static void
own_handler(int sig)
{
    (void)sig;
    _exit(write(1, "my own handler\n", 15) == 15 ? 3 : 1);
}

static void
install_own_handler(void)
{
    static char memory[64 * 1024];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_handler = own_handler,
                               .sa_flags = SA_ONSTACK};
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
}

static thread_t
start(const char *name, void *(*fn)(void *))
{
    struct thread_attr attr = {.name = name, .stack_size = 64 * 1024};
    thread_t thread;
    if (thread_create(&thread, &attr, fn, NULL) != 0)
        exit(1);
    return thread;
}

int
main(int argc, char **argv)
{
    how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "handler") == 0)
        install_own_handler();
    if (strcmp(how, "wild") == 0)
        target = (char *)4096;
    if (strcmp(how, "main") == 0) {
        thread_self();
        recurse_for_ever();
    }
    if (strcmp(how, "other") == 0) {
        start("victim", be_a_target);
        thread_yield();
    }
    if (strcmp(how, "freed") == 0) {
        thread_t victim = start("victim", be_a_target);
        thread_t later = start("later", be_a_target);
        thread_join(victim, NULL);
        thread_join(later, NULL); /* the next thread gets this one's stack */
    }
    thread_join(start("deep", die), NULL);
    puts("survived");
    return 0;
}
