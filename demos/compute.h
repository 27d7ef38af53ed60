/* SPDX-License-Identifier: MIT */
/*
 * compute.h - work for a CPU, in steps.
 *
 * Each step needs the result of the one before, so that no CPU can do two at a
 * time, and no compiler can leave one out.
 */
#ifndef DEMO_COMPUTE_H
#define DEMO_COMPUTE_H

#include <stdint.h>

/* So many steps from x on. */
uint64_t compute(uint64_t x, int steps);

/* How many steps this CPU does in a nanosecond, at the best of some tries. */
double compute_steps_per_ns(void);

#endif
