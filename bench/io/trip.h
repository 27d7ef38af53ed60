/* SPDX-License-Identifier: MIT */
/* trip.h - a program that times round trips: see trip-uring.c. */
#ifndef BENCH_IO_TRIP_H
#define BENCH_IO_TRIP_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TRIPS 40000

/* An operation moves eight bytes, or the number means nothing. */
static inline void
trip_check(long result)
{
    if (result != (long)sizeof(uint64_t)) {
        fprintf(stderr, "an operation failed: %ld\n", result);
        _exit(1);
    }
}

/* CPU time: nothing here sleeps, and neighbours do not count. */
static inline uint64_t
trip_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline int
trip_main(int argc, char **argv, void (*null_trips)(int, long),
          void (*take_turns)(int[2][2], long))
{
    bool turns = argc > 1 && strcmp(argv[1], "turns") == 0;
    int pipes[2][2];
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0)
        trip_check(-1);
    uint64_t begin = trip_now();
    if (turns)
        take_turns(pipes, TRIPS);
    else
        null_trips(null, TRIPS);
    printf("%.1f\n", (double)(trip_now() - begin) / TRIPS);
    fflush(stdout);
    _exit(0);
}

#endif
