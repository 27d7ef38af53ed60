/* SPDX-License-Identifier: MIT */
/*
 * peer.h - a program that does one kind of work and prints what one of it
 * costs.
 *
 *      PROGRAM WORK        ns for one, done often enough for the clock
 *      PROGRAM WORK N      done N times: what the work counts, for one
 *
 * A work that a peer has no way to do is exit status 77. The programs are small
 * and each does one thing, so that `compare` can run them in turn, in short
 * bursts. For C and C++.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PEER_SKIP  77
#define PEER_BURST 1e7 /* ns that a measurement must last */

/* Kernel threads beyond this would use up the machine's process numbers, and
 * stop everybody else's work on it. */
#define PEER_KERNEL_MOST 10000

/* One kind of work. */
struct peer_work {
    const char *name;
    double (*measure)(long n); /* does n of it: ns, or bytes, for all */
};

static inline double
peer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The memory of this process that is resident, in bytes. */
static inline double
peer_resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %ld", &pages) != 1)
        abort();
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* This peer cannot do that: the reason, and out. */
static inline void
peer_skip(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    _exit(PEER_SKIP);
}

/* ns for one. What is too short for a good look is done more often; the
 * shorter tries have warmed the caches. */
static inline double
peer_one(const struct peer_work *work)
{
    for (long n = 64;; n *= 2) {
        double ns = work->measure(n);
        if (ns >= PEER_BURST)
            return ns / (double)n;
    }
}

static inline int
peer_main(int argc, char **argv, const struct peer_work *works, size_t count)
{
    for (size_t i = 0; argc > 1 && i < count; i++) {
        if (strcmp(argv[1], works[i].name) != 0)
            continue;
        long n = argc > 2 ? atol(argv[2]) : 0;
        printf("%.2f\n",
               n > 0 ? works[i].measure(n) / (double)n : peer_one(&works[i]));
        fflush(stdout);
        _exit(0); /* whatever the threads of this peer are at */
    }
    peer_skip("has no such thing");
    return PEER_SKIP;
}

#endif
