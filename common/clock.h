/* SPDX-License-Identifier: MIT */
/*
 * clock.h - what time it is, and a cheaper question.
 *
 * Deadlines are nanoseconds of CLOCK_MONOTONIC: 24 ns to read, and every
 * process on the machine agrees on it. A context switch is worth less than
 * three such readings, so what is stamped at every switch (run time, trace) is
 * stamped in *ticks*: the processor's counter where the kernel itself keeps
 * time by it, else nanoseconds again. Ticks become nanoseconds through two
 * readings of both clocks, one at each end of the run (struct clock_pair).
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_SEC 1000000000u

/* True if ticks are the processor's counter; set by clock_start. */
extern bool clock_ticks_are_tsc __attribute__((visibility("hidden")));

/* Choose the source of ticks and take the first pair of readings. Idempotent;
 * call it before the first clock_ticks. */
void clock_start(void);

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t
clock_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* The cheap stamp. A signal handler may call it. The counter is read by the
 * compiler's own name for it: <x86intrin.h>, which has a nicer one, is 65,000
 * lines, and took most of the time of compiling any file of this library. */
static inline uint64_t
clock_ticks(void)
{
#if defined(__x86_64__)
    if (clock_ticks_are_tsc)
        return __builtin_ia32_rdtsc();
#endif
    return clock_now();
}

/*
 * A stamp for "since when", cheaper still where ticks are nanoseconds: then it
 * is the time as of the kernel's last tick, at most 10 ms ago. (The counter
 * takes 10 ns to read, but the processor does other work meanwhile.)
 */
static inline uint64_t
clock_stamp(void)
{
    if (clock_ticks_are_tsc)
        return clock_ticks();
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* The time of such a stamp, in nanoseconds. */
uint64_t clock_stamp_to_ns(uint64_t stamp);

/* One moment read on both clocks. */
struct clock_pair {
    uint64_t ticks;
    uint64_t ns;
};

/* Read both clocks as nearly at once as can be had. */
struct clock_pair clock_pair_now(void);

/* The pair that clock_start took. */
struct clock_pair clock_pair_start(void);

/*
 * What a reader from outside (a debugger, a core file) needs to turn ticks into
 * nanoseconds: two pairs, the second one taken when all has been opened. They
 * are some 100 us apart, which gives the rate within a few parts in 10,000.
 */
struct clock_record {
    struct clock_pair first, second; /* of ticks that are the counter's; or 0 */
};

extern struct clock_record clock_record __attribute__((visibility("hidden")));

/* Take the second pair. */
void clock_record_rate(void);

/* A span of ticks in nanoseconds, by the rate seen between start and now. */
uint64_t clock_ticks_to_ns(uint64_t ticks);

/* A span of nanoseconds in ticks, by the same rate. */
uint64_t clock_ns_to_ticks(uint64_t ns);

/* The other way: a deadline as the kernel wants it. */
static inline struct timespec
clock_timespec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_SEC),
                             .tv_nsec = (long)(ns % NS_PER_SEC)};
}

#endif
