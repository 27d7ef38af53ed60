/* SPDX-License-Identifier: MIT */
/*
 * histogram.h - how long things took, of millions of them.
 *
 * Every power of two is cut into 64 equal parts, so a bucket is at most 1.6 %
 * wide, adding takes a few instructions, and no number of values overflows it.
 */
#ifndef BENCH_IO_HISTOGRAM_H
#define BENCH_IO_HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define HISTOGRAM_BITS 6 /* 64 parts */
#define HISTOGRAM_SIZE ((64 - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS)

struct histogram {
    uint64_t count;
    uint64_t buckets[HISTOGRAM_SIZE];
};

static inline void
histogram_clear(struct histogram *h)
{
    memset(h, 0, sizeof *h);
}

/* Small values have a bucket each; of others the leading seven bits count. */
static inline unsigned
histogram_bucket(uint64_t value)
{
    if (value < 1u << HISTOGRAM_BITS)
        return (unsigned)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_BITS;
    return (shift << HISTOGRAM_BITS) + (unsigned)(value >> shift);
}

/* The least value in a bucket. */
static inline uint64_t
histogram_value(unsigned bucket)
{
    if (bucket < 2u << HISTOGRAM_BITS)
        return bucket;
    unsigned shift = (bucket >> HISTOGRAM_BITS) - 1;
    uint64_t leading = bucket - (shift << HISTOGRAM_BITS);
    return leading << shift;
}

static inline void
histogram_add(struct histogram *h, uint64_t value)
{
    h->count++;
    h->buckets[histogram_bucket(value)]++;
}

/* The value that this share of all does not exceed: 0.5 is the median. 0 if
 * there are none. */
static inline uint64_t
histogram_at(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_SIZE; i++) {
        seen += h->buckets[i];
        if (seen > wanted)
            return histogram_value(i);
    }
    return 0;
}

#endif
