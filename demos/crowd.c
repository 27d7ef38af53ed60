/* SPDX-License-Identifier: MIT */
/* crowd.c - see crowd.h. */
#include "crowd.h"

#include <stdio.h>
#include <time.h>

enum { LOOK_MS = 30 };

#define CROWDED 0.15 /* of the time ready, and no CPU: others have them */

/* The second of three numbers: time on a CPU, time ready, time slices. */
uint64_t
crowd_waited(void)
{
    unsigned long long ran, waited = 0;
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    if (file && fscanf(file, "%llu %llu", &ran, &waited) != 2)
        waited = 0;
    if (file)
        fclose(file);
    return waited;
}

void
crowd_skip(struct demo_run *d, double share)
{
    if (share > CROWDED)
        demo_skip(d,
                  "others had the CPUs: the threads were ready, and waited for "
                  "one, in %.0f %% of their time.",
                  100 * share);
}

static double
clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Compute for a while. What is missing from the CPU time was another process's,
 * or another guest's of the same host. */
void
crowd_skip_now(struct demo_run *d)
{
    double start = clock_ms(CLOCK_MONOTONIC), wall;
    double ran = clock_ms(CLOCK_THREAD_CPUTIME_ID);
    do
        wall = clock_ms(CLOCK_MONOTONIC) - start;
    while (wall < LOOK_MS);
    crowd_skip(d, 1 - (clock_ms(CLOCK_THREAD_CPUTIME_ID) - ran) / wall);
}
