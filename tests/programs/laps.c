/* SPDX-License-Identifier: MIT */
/*
 * laps.c - three threads that run laps, for a debugger to step through.
 *     laps           each yields after a lap
 *     laps preempt   none does: the CPU is taken from each, again and again
 *     laps linger    and when they are done, everybody sleeps
 *
 * lap() is where they all come by. Each has counted in a local variable, too,
 * and in the end both counts must agree: a debugger that continues the wrong
 * thread, or disturbs one, is found out.
 */
#include "io.h"
#include "thread.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define RUNNERS 3
#define LAPS    40

static const char *const names[RUNNERS] = {"red", "green", "blue"};
static volatile long laps[RUNNERS];
static bool preempted;

/* Break here. */
static __attribute__((noinline, noclone)) void
lap(int runner)
{
    laps[runner]++;
}

/* Some work between two laps, in the program's own code. */
static __attribute__((noinline, noclone)) void
run_round(void)
{
    for (volatile int i = 0; i < 200000; i++)
        continue;
}

static __attribute__((noinline, noclone)) void
rest(void)
{
    if (preempted)
        run_round();
    else
        thread_yield();
}

static void *
runner(void *arg)
{
    int me = *(int *)arg;
    long counted = 0;
    while (counted < LAPS) {
        lap(me);
        counted++;
        rest();
    }
    return laps[me] == counted ? NULL : arg;
}

/* On a kernel thread that carries none of the runners. */
static void *
aside(void *arg)
{
    return arg;
}

/* Nobody is ready, for ever. */
static __attribute__((noinline, noclone)) void
linger(void)
{
    puts("lingers");
    fflush(stdout);
    thread_sleep(UINT64_MAX / 4);
}

int
main(int argc, char **argv)
{
    thread_t thread[RUNNERS];
    int number[RUNNERS] = {0, 1, 2};
    bool right = true;
    preempted = argc > 1 && strcmp(argv[1], "preempt") == 0;
    if (preempted && thread_preempt(1000 * 1000) != 0)
        return 77;
    for (int i = 0; i < RUNNERS; i++)
        if (thread_create(&thread[i], &(struct thread_attr){.name = names[i]},
                          runner, &number[i]) != 0)
            return 1;
    for (int i = 0; i < RUNNERS; i++) {
        void *wrong;
        if (thread_join(thread[i], &wrong) != 0 || wrong)
            right = false;
    }
    thread_blocking(aside, NULL);
    if (argc > 1 && strcmp(argv[1], "linger") == 0)
        linger();
    printf("%d laps: %s\n", RUNNERS * LAPS, right ? "right" : "wrong");
    return !right;
}
