/* SPDX-License-Identifier: MIT */
/*
 * timers.c - the heap of deadlines, with more and more sleepers in it.
 *
 * All fall asleep until moments in random order and are woken when the last of
 * these has passed: n times out of the root of the heap, which moves log2(n)
 * others each time. So the time for all grows as n log n, and what is shown,
 * the time for one divided by log2(n), stays as it is; but for the caches and
 * the TLB, which hold a thousand threads and not a million.
 */
#include "random.h"
#include "rounds.h"
#include "sync.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SPREAD      1000000u /* ns from the first to the last deadline */
#define FALL_ASLEEP 3000u    /* ns, more than one needs to do so */

static uint64_t first_deadline; /* 0: not known yet */
static size_t asleep, woken;
static struct semaphore may_end;

static void *
sleeper(void *offset)
{
    while (first_deadline == 0)
        thread_yield();
    asleep++;
    thread_sleep_until(first_deadline + (uint64_t)(uintptr_t)offset);
    woken++;
    semaphore_wait(&may_end); /* to free stacks would take longer */
    return NULL;
}

/* n sleepers: ns to wake one of them, for each level of the heap. */
static double
wake(size_t n, double levels)
{
    struct random random = {.state = n};
    const struct thread_attr attr = {.detached = true};
    asleep = woken = 0;
    first_deadline = 0;
    for (size_t i = 0; i < n; i++)
        if (thread_create(NULL, &attr, sleeper,
                          (void *)(uintptr_t)(random_next(&random) % SPREAD)))
            abort();
    thread_yield(); /* each begins, and has a stack from here on */
    first_deadline = thread_now() + FALL_ASLEEP * (uint64_t)n;
    while (asleep < n)
        thread_yield();
    if (woken > 0)
        fprintf(stderr, "timers: %zu woke too early to be counted\n", woken);
    while (thread_now() < first_deadline + SPREAD)
        ; /* without a switch, so that nobody is woken yet */
    uint64_t begin = thread_now();
    while (woken < n)
        thread_yield();
    double ns = (double)(thread_now() - begin);
    for (size_t i = 0; i < n; i++)
        semaphore_post(&may_end);
    thread_yield(); /* all end */
    return ns / (double)n / levels;
}

static double
thousand(void)
{
    return wake(1000, 10);
}

static double
ten_thousand(void)
{
    return wake(10000, 13.3);
}

static double
hundred_thousand(void)
{
    return wake(100000, 16.6);
}

static double
million(void)
{
    return wake(1000000, 19.9);
}

int
main(int argc, char **argv)
{
    static struct work works[] = {
        {.name = "1,000 sleepers, one per level", .measure = thousand},
        {.name = "10,000 sleepers", .measure = ten_thousand},
        {.name = "100,000 sleepers", .measure = hundred_thousand},
        {.name = "1,000,000 sleepers", .measure = million},
    };
    static const struct claim claims[] = {
        {"10,000 / 1,000", 1, 0, 0},
        {"100,000 / 10,000", 2, 1, 0},
        {"1,000,000 / 100,000", 3, 2, 0},
    };
    for (size_t i = 0; i < 4; i++)
        works[i].note = "to wake one, for each level of the heap";
    bool big = getenv("MILLION") != NULL; /* 4 GiB of stacks, a minute */
    return rounds_main(argc, argv, "timers", works, big ? 4 : 3, claims,
                       big ? 3 : 2);
}
