/* SPDX-License-Identifier: MIT */
/*
 * switch.c - what a switch and a thread cost: ours beside the bare mechanism
 * it stands on, and beside kernel threads.
 *
 * The bare mechanism is two contexts that swapcontext to each other. A yield
 * between two threads does that and, besides, asks the policy, keeps states
 * and run times, and carries errno: the ratio is what the library adds. The
 * goals are those of the ucontext build. A switch in assembly takes a
 * fortieth of that time, and one branch may well be 2 % of it.
 */
#include "rounds.h"
#include "thread.h"
#include "trace.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define SWITCHES        100000
#define CREATES         5000
#define KERNEL_SWITCHES 20000
#define KERNEL_CREATES  500

/* ---- Two bare contexts ---- */

static ucontext_t here, there;

static void
bounce(void)
{
    for (;;)
        swapcontext(&there, &here);
}

static double
bare_swapcontext(void)
{
    static char stack[64 * 1024];
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack;
    makecontext(&there, bounce, 0);
    uint64_t begin = thread_now();
    for (int i = 0; i < SWITCHES / 2; i++)
        swapcontext(&here, &there);
    return (double)(thread_now() - begin) / SWITCHES;
}

/* ---- Two user-level threads ---- */

static bool stop;

static void *
yield_until_stopped(void *arg)
{
    while (!stop)
        thread_yield();
    return arg;
}

static double
user_yield(void)
{
    thread_t other;
    stop = false;
    if (thread_create(&other, NULL, yield_until_stopped, NULL) != 0)
        abort();
    thread_yield();
    uint64_t begin = thread_now();
    for (int i = 0; i < SWITCHES / 2; i++)
        thread_yield();
    double ns = (double)(thread_now() - begin) / SWITCHES;
    stop = true;
    thread_join(other, NULL);
    return ns;
}

/* The events of one switch with the trace off: what is left of a yield's and
 * a run's record when nobody asks for them. */
static double
trace_off(void)
{
    static struct trace_cursor cursor;
    uint64_t begin = thread_now();
    for (int i = 0; i < SWITCHES; i++) {
        __asm__ volatile("" ::: "memory"); /* look at trace_on every time */
        trace_emit(&cursor, TRACE_YIELD, 1, 0);
        __asm__ volatile("" ::: "memory");
        trace_emit(&cursor, TRACE_RUN, 1, 0);
    }
    return (double)(thread_now() - begin) / SWITCHES;
}

static void *
nothing(void *arg)
{
    return arg;
}

static double
user_create_join(void)
{
    uint64_t begin = thread_now();
    for (int i = 0; i < CREATES; i++) {
        thread_t t;
        if (thread_create(&t, NULL, nothing, NULL) != 0)
            abort();
        thread_join(t, NULL);
    }
    return (double)(thread_now() - begin) / CREATES;
}

/* ---- Two kernel threads ---- */

static void *
kernel_yield_until_stopped(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        sched_yield();
    return arg;
}

static double
kernel_yield(void)
{
    pthread_t other;
    __atomic_store_n(&stop, false, __ATOMIC_RELAXED);
    if (pthread_create(&other, NULL, kernel_yield_until_stopped, NULL) != 0)
        abort();
    sched_yield();
    uint64_t begin = thread_now();
    for (int i = 0; i < KERNEL_SWITCHES / 2; i++)
        sched_yield();
    double ns = (double)(thread_now() - begin) / KERNEL_SWITCHES;
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(other, NULL);
    return ns;
}

static double
kernel_create_join(void)
{
    uint64_t begin = thread_now();
    for (int i = 0; i < KERNEL_CREATES; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, nothing, NULL) != 0)
            abort();
        pthread_join(t, NULL);
    }
    return (double)(thread_now() - begin) / KERNEL_CREATES;
}

enum { BARE, YIELD, TRACE_OFF, CREATE, KERNEL_YIELD, KERNEL_CREATE, COUNT };

int
main(int argc, char **argv)
{
    static struct work works[COUNT] = {
        [BARE] = {.name = "bare swapcontext, a switch",
                  .measure = bare_swapcontext,
                  .note = "two contexts, no scheduler"},
        [YIELD] = {.name = "user: yield, a switch",
                   .measure = user_yield,
                   .note = "two threads, through the scheduler"},
        [TRACE_OFF] = {.name = "user: trace off, a switch",
                       .measure = trace_off,
                       .note = "the two branches of a switch's events"},
        [CREATE] = {.name = "user: create + run + join",
                    .measure = user_create_join,
                    .note = "stack from the cache"},
        [KERNEL_YIELD] = {.name = "kernel: sched_yield, a switch",
                          .measure = kernel_yield,
                          .note = "two pthreads on one CPU"},
        [KERNEL_CREATE] = {.name = "kernel: create + run + join",
                           .measure = kernel_create_join,
                           .note = "pthread, stack from glibc's cache"},
    };
    struct claim claims[] = {
        {"user switch / bare swapcontext", YIELD, BARE, 1.15},
        {"trace off / user switch", TRACE_OFF, YIELD, 0.02},
        {"kernel switch / user switch", KERNEL_YIELD, YIELD, 0},
        {"kernel create+join / user create+join", KERNEL_CREATE, CREATE, 0},
    };
    if (strcmp(thread_model()->context, "ucontext") != 0)
        claims[1] =
            (struct claim){"trace off / user switch (goal: ucontext only)",
                           TRACE_OFF, YIELD, 0};
    return rounds_main(argc, argv, "switch and create", works, COUNT, claims,
                       sizeof claims / sizeof *claims);
}
