/* SPDX-License-Identifier: MIT */
/* clock.c - ticks and nanoseconds tell the same time. */
#include "clock.h"

#include <criterion/criterion.h>

static void
wait_ns(uint64_t ns)
{
    uint64_t end = clock_now() + ns;
    while (clock_now() < end)
        continue;
}

Test(clock, a_span_in_ticks_is_as_long_as_in_nanoseconds, .timeout = 10)
{
    clock_start();
    struct clock_pair a = clock_pair_now();
    wait_ns(20000000);
    struct clock_pair b = clock_pair_now();
    double by_ticks = (double)clock_ticks_to_ns(b.ticks - a.ticks);
    double by_clock = (double)(b.ns - a.ns);
    cr_assert_float_eq(by_ticks / by_clock, 1.0, 0.01);
}

Test(clock, ticks_there_and_back_are_the_same, .timeout = 10)
{
    clock_start();
    const uint64_t spans[] = {1000, 1000000, 1000000000};
    for (int i = 0; i < 3; i++) {
        double back = (double)clock_ticks_to_ns(clock_ns_to_ticks(spans[i]));
        cr_assert_float_eq(back / (double)spans[i], 1.0, 0.01);
    }
}

Test(clock, ticks_never_run_backwards, .timeout = 10)
{
    clock_start();
    uint64_t last = clock_ticks();
    for (int i = 0; i < 100000; i++) {
        uint64_t now = clock_ticks();
        cr_assert_leq(last, now);
        last = now;
    }
}

Test(clock, a_second_start_changes_nothing, .timeout = 10)
{
    clock_start();
    struct clock_pair first = clock_pair_start();
    wait_ns(1000000);
    clock_start();
    cr_assert_eq(clock_pair_start().ns, first.ns);
    cr_assert_eq(clock_pair_start().ticks, first.ticks);
}

Test(clock, a_timespec_is_the_same_moment, .timeout = 10)
{
    struct timespec ts = clock_timespec(5000000007);
    cr_assert_eq(ts.tv_sec, 5);
    cr_assert_eq(ts.tv_nsec, 7);
    ts = clock_timespec(999999999);
    cr_assert_eq(ts.tv_sec, 0);
    cr_assert_eq(ts.tv_nsec, 999999999);
}
