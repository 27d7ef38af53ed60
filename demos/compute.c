/* SPDX-License-Identifier: MIT */
/* compute.c - see compute.h. */
#include "compute.h"

#include "thread.h"

enum { STEPS = 200000, TRIES = 6 };

uint64_t
compute(uint64_t x, int steps)
{
    for (int i = 0; i < steps; i++)
        x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9 + 1;
    return x;
}

double
compute_steps_per_ns(void)
{
    double best = 0;
    volatile uint64_t result;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = thread_now();
        result = compute(1, STEPS);
        double speed = STEPS / (double)(thread_now() - start);
        best = speed > best ? speed : best;
    }
    (void)result;
    return best;
}
