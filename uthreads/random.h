/* SPDX-License-Identifier: MIT */
/*
 * random.h - random numbers that come again: the same seed, the same numbers.
 *
 * SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014): one addition and a few shifts a number, and any
 * seed will do, 0 included. Not for secrets.
 */
#ifndef UTHREADS_RANDOM_H
#define UTHREADS_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t
random_next(struct random *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* A number from 0 to n - 1, n > 0: uneven by less than n in 2^64. */
static inline uint64_t
random_below(struct random *r, uint64_t n)
{
    return random_next(r) % n;
}

#endif
