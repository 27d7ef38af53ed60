/* SPDX-License-Identifier: MIT */
/*
 * time.c - sleeping until a deadline.
 *
 * The kernel keeps the timers and wakes the sleeper; one call does it all.
 * The deadline is a point in time, so a sleep that a signal cut short is
 * simply asked for again and ends when it always would have.
 */
#include "clock.h"
#include "waiting.h"

#include <errno.h>
#include <time.h>

uint64_t
thread_now(void)
{
    return clock_now();
}

void
thread_sleep(uint64_t ns)
{
    uint64_t now = clock_now();
    thread_sleep_until(ns < THREAD_FOREVER - now ? now + ns : THREAD_FOREVER);
}

static int
sleep_until(void *time)
{
    const struct timespec *until = time;
    int error;
    do
        error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, until, NULL);
    while (error == EINTR);
    return error;
}

void
thread_sleep_until(uint64_t deadline)
{
    thread_testcancel();
    if (deadline <= clock_now())
        return;
    struct timespec until = clock_timespec(deadline);
    wait_begin((struct wait){.kind = THREAD_WAIT_SLEEP});
    cancel_point(sleep_until, NULL, &until);
    wait_end();
}
