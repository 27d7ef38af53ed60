/* SPDX-License-Identifier: MIT */
/*
 * crowd.c - one thread in every state, for those who look at threads:
 *
 *   main    is stalled in read(2) of standard input, or in its own handler
 *   sleeper sleeps          holder  waits for a semaphore that nobody posts
 *   reader  reads a pipe    wanter  waits for the mutex that holder holds
 *   gone    has ended       joiner  waits for the end of sleeper
 *   late    is made last: with user-level threads it never gets the CPU
 *
 * With "quit" the program sends itself SIGQUIT and ends; else it says "ready"
 * and ends with its input.
 */
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In memory that every thread sees. */
static struct mutex *fork_;
static struct semaphore *never;

static int pipe_of_nothing[2];
static thread_t sleeper;

static void *
do_sleep(void *unused)
{
    thread_sleep_until(THREAD_FOREVER);
    return unused;
}

static void *
do_hold(void *unused)
{
    mutex_lock(fork_);
    semaphore_wait(never);
    return unused;
}

static void *
do_want(void *unused)
{
    mutex_lock(fork_);
    return unused;
}

static void *
do_join(void *unused)
{
    thread_join(sleeper, NULL);
    return unused;
}

static void *
do_read(void *unused)
{
    char byte;
    thread_read(pipe_of_nothing[0], &byte, 1);
    return unused;
}

static void *
do_nothing(void *unused)
{
    return unused;
}

static thread_t
make(const char *name, void *(*fn)(void *))
{
    thread_t t = 0;
    struct thread_attr attr = {.name = name};
    thread_create(&t, &attr, fn, NULL);
    return t;
}

/* Wait until it has come to rest there. */
static void
await(thread_t t, enum thread_state state)
{
    struct thread_info info;
    do
        thread_sleep(1000000);
    while (thread_info(t, &info) == 0 && info.state != state);
}

int
main(int argc, char **argv)
{
    char byte;
    fork_ = thread_shared_alloc(sizeof *fork_);
    never = thread_shared_alloc(sizeof *never);
    if (!fork_ || !never || pipe(pipe_of_nothing) != 0)
        return 1;
    thread_name_object(fork_, "fork");
    sleeper = make("sleeper", do_sleep);
    await(sleeper, THREAD_BLOCKED);
    await(make("holder", do_hold), THREAD_BLOCKED);
    await(make("wanter", do_want), THREAD_BLOCKED);
    await(make("joiner", do_join), THREAD_BLOCKED);
    await(make("gone", do_nothing), THREAD_DONE);
    if (!thread_model()->io_call_stalls)
        await(make("reader", do_read), THREAD_BLOCKED);
    make("late", do_nothing);
    if (argc > 1 && strcmp(argv[1], "quit") == 0)
        return raise(SIGQUIT);
    puts("ready");
    fflush(stdout);
    return read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1;
}
