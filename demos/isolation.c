/* SPDX-License-Identifier: MIT */
/*
 * isolation.c - one of them crashes: who is left?
 *
 * Threads share an address space, so one that writes where it must not takes
 * all of them along: the kernel ends the *process*. Processes share nothing
 * that was not mapped for it, and outlive each other. To look at it and live,
 * the experiment runs in a child process; each of its threads, having seen the
 * crash or outlived it, leaves a mark in memory that we share with the child.
 */
#include "demo.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHERS = 3, AFTER_MS = 100 };

static struct marks {
    atomic_int started, survived;
} * marks;

static void *
crash(void *arg)
{
    while (marks->started < OTHERS)
        thread_sleep(1000000);
    raise(SIGSEGV); /* as a write to address 0 would */
    return arg;
}

static void *
live_on(void *arg)
{
    marks->started++;
    thread_sleep(AFTER_MS * 1000000ull);
    marks->survived++;
    return arg;
}

/* The whole life of the child: its threads, of which one crashes. */
static void
be_the_victim(struct demo_run *d)
{
    thread_t thread[OTHERS + 1];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    close(STDERR_FILENO); /* its last words are known */
    for (int i = 0; i < OTHERS; i++)
        thread[i] = demo_thread(d, "bystander", live_on, NULL);
    thread[OTHERS] = demo_thread(d, "crasher", crash, NULL);
    for (int i = 0; i <= OTHERS; i++)
        thread_join(thread[i], NULL);
    _exit(EXIT_SUCCESS);
}

static void
run(struct demo_run *d)
{
    int status;
    marks = mmap(NULL, sizeof *marks, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (marks == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    fflush(NULL);
    pid_t child = fork(); /* before any contract call: it has its own threads */
    if (child == 0)
        be_the_victim(d);
    if (child < 0 || waitpid(child, &status, 0) < 0)
        demo_fail("the child: %s", strerror(errno));

    bool spared = !thread_model()->shares_memory;
    demo_predict(d, "%s of the %d others live on", spared ? "all" : "none",
                 OTHERS);
    bool died = WIFSIGNALED(status);
    demo_measure(d, "survivors", marks->survived, "threads");
    demo_measure(d, "started", marks->started, "threads");
    demo_measure(d, "process_died", died, "processes");
    demo_found(d, "of %d others %d lived on, and the process %s", OTHERS,
               marks->survived, died ? "died" : "ended well");
    demo_judge(d,
               marks->started == OTHERS &&
                   marks->survived == (spared ? OTHERS : 0) && died == !spared,
               spared ? "the crash was that of another process"
                      : "a crash ends the process, and all threads with it");
}

static const struct demo demo = {
    .name = "isolation",
    .claim = "A crash takes along everybody who shares the address space, and "
             "nobody else.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
