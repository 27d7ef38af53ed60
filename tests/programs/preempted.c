/* SPDX-License-Identifier: MIT */
/*
 * preempted.c - what a program sees of preemption: one experiment a run, named
 * on the command line; "key=value" lines on standard output.
 *
 * Two threads compute side by side and none ever yields. How long is counted in
 * work, not in time: PATIENCE steps are far more than a quantum.
 */
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#define PATIENCE 300000000
#define MS       1000000

/* How far each thread has come. */
static volatile long steps[2];

static bool
other_moved(int me, long before)
{
    return steps[!me] != before;
}

/* Compute until the other one has been seen to move a few times, or until
 * patience ends. How often was it seen? */
static void *
watch(void *side)
{
    int me = *(int *)side;
    long seen = 0, last = steps[!me];
    for (long i = 0; i < PATIENCE && seen < 5; i++) {
        steps[me]++;
        if (other_moved(me, last)) {
            last = steps[!me];
            seen++;
        }
    }
    return (void *)seen;
}

static void
run_two(void *(*fn)(void *), void *results[2])
{
    static int sides[2] = {0, 1};
    thread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (thread_create(&threads[i], NULL, fn, &sides[i]) != 0)
            exit(1);
    for (int i = 0; i < 2; i++)
        thread_join(threads[i], &results[i]);
}

static void
report(void)
{
    struct thread_preemption p;
    thread_preemption(&p);
    printf("source=%s\nquantum=%lu\nticks=%lu\nserved=%lu\ndeferred=%lu\n"
           "achieved=%lu\n",
           p.source ? p.source : "none", p.quantum, p.ticks, p.served,
           p.deferred, p.achieved);
}

/* Do two threads that never yield both get on? */
static void
both(void)
{
    void *seen[2];
    run_two(watch, seen);
    printf("both=%d\n", seen[0] != NULL && seen[1] != NULL);
    report();
}

/* ---- Alone ---- */

static uint64_t
ticks(void)
{
    struct thread_preemption p;
    thread_preemption(&p);
    return p.ticks;
}

static void
compute(long n)
{
    for (volatile long i = 0; i < n; i++)
        continue;
}

/* After two have run, one runs alone: how many ticks does it still get? The
 * first tells the timer that nobody else is ready. */
static void
alone(void)
{
    void *seen[2];
    run_two(watch, seen);
    uint64_t before = ticks();
    compute(PATIENCE / 2);
    printf("with_others=%lu\nalone=%lu\n", before, ticks() - before);
    run_two(watch, seen); /* and is it there again when it is needed? */
    printf("both=%d\n", seen[0] != NULL && seen[1] != NULL);
}

/* ---- What must not change ---- */

/* Has errno changed while the thread did nothing to it? */
static void *
keep_errno(void *side)
{
    long wrong = 0;
    for (int i = 0; i < 20000; i++) {
        errno = 1000 + *(int *)side;
        compute(2000);
        wrong += errno != 1000 + *(int *)side;
    }
    return (void *)wrong;
}

/* A series in which every lost bit shows, many at once to fill registers. */
static double
chaos(double x, long n)
{
    double a = x, b = x / 2, c = x / 3, d = x / 4, e = x / 5, f = x / 6;
    while (n-- > 0) {
        a = 3.9 * a * (1 - a);
        b = 3.9 * b * (1 - b);
        c = 3.9 * c * (1 - c);
        d = 3.9 * d * (1 - d);
        e = 3.9 * e * (1 - e);
        f = 3.9 * f * (1 - f);
    }
    return a + b + c + d + e + f;
}

#define LONG_CHAOS 3000000
static double expected[2];

/* One thread rounds down and one up; each gets what it would get alone. */
static void
round_like(int side)
{
#if defined(__x86_64__)
    _MM_SET_ROUNDING_MODE(side ? _MM_ROUND_UP : _MM_ROUND_DOWN);
#else
    (void)side;
#endif
}

static void *
keep_registers(void *side)
{
    int me = *(int *)side;
    long wrong = 0;
    round_like(me);
    for (int i = 0; i < 10; i++)
        wrong += chaos(0.3 + 0.1 * me, LONG_CHAOS) != expected[me];
    return (void *)wrong;
}

static void
kept(void)
{
    void *wrong[2];
    run_two(keep_errno, wrong);
    printf("errno_wrong=%ld\n", (long)wrong[0] + (long)wrong[1]);
    for (int side = 0; side < 2; side++) {
        round_like(side);
        expected[side] = chaos(0.3 + 0.1 * side, LONG_CHAOS);
    }
    run_two(keep_registers, wrong);
    printf("registers_wrong=%ld\n", (long)wrong[0] + (long)wrong[1]);
    report();
}

/* ---- Raw system calls ---- */

static volatile bool stop;

static void *
spin(void *unused)
{
    while (!stop)
        steps[1]++;
    return unused;
}

/* A pipe into which another process writes in a while. */
static int
pipe_filled_later(void)
{
    int fds[2];
    struct timespec while_ = {0, 60 * MS};
    if (pipe(fds) != 0)
        exit(1);
    if (fork() == 0) {
        nanosleep(&while_, NULL);
        _exit(write(fds[1], "x", 1) != 1);
    }
    close(fds[1]);
    return fds[0];
}

/* A raw call while another thread is ready: was it cut short, and did the other
 * one run meanwhile? */
static void
raw(void)
{
    thread_t spinner;
    char byte;
    struct timespec nap = {0, 30 * MS};
    if (thread_create(&spinner, NULL, spin, NULL) != 0)
        exit(1);
    int fd = pipe_filled_later();
    while (steps[1] == 0)
        compute(1000);
    thread_yield(); /* a fresh quantum */
    long before = steps[1];
    ssize_t got = read(fd, &byte, 1);
    bool ran = steps[1] != before;
    printf("read=%zd\nran_meanwhile=%d\n", got, ran);
    printf("nap=%s\n", nanosleep(&nap, NULL) == 0 ? "whole" : strerror(errno));
    stop = true;
    thread_join(spinner, NULL);
    wait(NULL);
    report();
}

/* ---- Checkpoints ---- */

static long turns;

/* Nearly always in the C library: one thread with checkpoints, one without. */
static void *
format(void *side)
{
    char line[200];
    uint64_t switches = 0;
    struct thread_info info;
    for (int i = 0; i < 40000; i++) {
        for (int k = 0; k < 4; k++)
            snprintf(line, sizeof line, "%.60f %.60f", i / 7.0, k / 3.0);
        if (turns)
            thread_checkpoint();
    }
    if (thread_info(thread_self(), &info) == 0)
        switches = info.switches;
    return (void *)(uintptr_t)(switches + 0 * (uintptr_t)side);
}

static void
checkpoints(bool with_them)
{
    void *switches[2];
    turns = with_them;
    run_two(format, switches);
    printf("switches=%lu\n", (uintptr_t)switches[0] + (uintptr_t)switches[1]);
    report();
}

int
main(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : "both";
    if (strcmp(wanted, "both") == 0)
        both();
    else if (strcmp(wanted, "alone") == 0)
        alone();
    else if (strcmp(wanted, "kept") == 0)
        kept();
    else if (strcmp(wanted, "raw") == 0)
        raw();
    else if (strcmp(wanted, "checkpoints") == 0)
        checkpoints(true);
    else if (strcmp(wanted, "no-checkpoints") == 0)
        checkpoints(false);
    else
        return 2;
    return 0;
}
