/* SPDX-License-Identifier: MIT */
/* clock.c - the source of ticks, and its rate. See clock.h. */
#include "clock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool clock_ticks_are_tsc;
static struct clock_pair start;
static double ns_per_tick; /* 0 until it has been measured */

/* Does the kernel keep time by the processor's counter? Only then has it
 * found that the counters of all CPUs agree and never change their rate. */
static bool
kernel_trusts_tsc(void)
{
#if defined(__x86_64__)
    char name[16] = "";
    int fd = open("/sys/devices/system/clocksource/clocksource0/"
                  "current_clocksource",
                  O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, name, sizeof name - 1);
    close(fd);
    return n >= 3 && strncmp(name, "tsc", 3) == 0;
#else
    return false;
#endif
}

void
clock_start(void)
{
    if (start.ns)
        return;
    clock_ticks_are_tsc = kernel_trusts_tsc();
    start = clock_pair_now();
}

struct clock_pair
clock_pair_now(void)
{
    struct clock_pair best = {0, 0};
    uint64_t best_span = UINT64_MAX;
    for (int i = 0; i < 5; i++) { /* the tightest of five: no tick between */
        uint64_t before = clock_ticks();
        uint64_t ns = clock_now();
        uint64_t span = clock_ticks() - before;
        if (span < best_span) {
            best_span = span;
            best = (struct clock_pair){before + span / 2, ns};
        }
    }
    return best;
}

struct clock_pair
clock_pair_start(void)
{
    return start;
}

struct clock_record clock_record;

void
clock_record_rate(void)
{
    if (clock_ticks_are_tsc)
        clock_record = (struct clock_record){start, clock_pair_now()};
}

/* The rate, measured over at least a millisecond and then kept: two readings
 * 10 ns off give 20 parts in a million, good enough for a run time. */
static double
rate(void)
{
    if (!clock_ticks_are_tsc)
        return 1.0;
    if (ns_per_tick > 0)
        return ns_per_tick;
    struct clock_pair now = clock_pair_now();
    while (now.ns - start.ns < NS_PER_SEC / 1000)
        now = clock_pair_now();
    double r = (double)(now.ns - start.ns) / (double)(now.ticks - start.ticks);
    ns_per_tick = r;
    return r;
}

uint64_t
clock_ticks_to_ns(uint64_t ticks)
{
    return (uint64_t)((double)ticks * rate());
}

uint64_t
clock_ns_to_ticks(uint64_t ns)
{
    return (uint64_t)((double)ns / rate());
}

/* Counted back from now, so the error of the rate grows with the age of the
 * stamp and not with that of the process. */
uint64_t
clock_stamp_to_ns(uint64_t stamp)
{
    if (!clock_ticks_are_tsc)
        return stamp;
    struct clock_pair now = clock_pair_now();
    uint64_t age = now.ticks > stamp ? now.ticks - stamp : 0;
    return now.ns - clock_ticks_to_ns(age);
}
