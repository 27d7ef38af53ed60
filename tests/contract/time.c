/* SPDX-License-Identifier: MIT */
/* time.c - the clock and sleeping: thread.h. */
#include "descriptors.h"

#include <time.h>

static uint64_t
monotonic(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

Test(sleep, now_is_CLOCK_MONOTONIC, .timeout = 10)
{
    for (int i = 0; i < 1000; i++) {
        uint64_t before = monotonic();
        uint64_t now = thread_now();
        cr_assert_leq(before, now);
        cr_assert_leq(now, monotonic());
    }
}

Test(sleep, a_sleep_is_never_too_short, .timeout = 10)
{
    for (unsigned ms = 0; ms < 8; ms++) {
        uint64_t start = thread_now();
        thread_sleep((uint64_t)ms * MS);
        cr_assert_geq(thread_now(), start + (uint64_t)ms * MS);
    }
}

Test(sleep, sleep_until_reaches_its_deadline, .timeout = 10)
{
    uint64_t deadline = in_ms(10);
    thread_sleep_until(deadline);
    cr_assert_geq(thread_now(), deadline);
}

Test(sleep, a_past_deadline_returns, .timeout = 10)
{
    thread_sleep(0);
    thread_sleep_until(0);
    thread_sleep_until(1);
    thread_sleep_until(thread_now());
}

static void *
sleep_20_ms(void *awake)
{
    thread_sleep(20 * MS);
    *(volatile bool *)awake = true;
    return NULL;
}

Test(sleep, the_others_run_while_one_sleeps, .timeout = 10)
{
    SHARED volatile bool awake;
    unsigned long turns = 0;
    thread_t sleeper = spawn(sleep_20_ms, (void *)&awake);
    await_blocked(sleeper, THREAD_WAIT_SLEEP);
    while (!awake) {
        turns++;
        thread_yield();
    }
    join(sleeper);
    cr_assert_gt(turns, 10);
}

/* Sleepers write down when they woke, and in which order. */
SHARED struct mutex diary = MUTEX_INITIALIZER;
SHARED uint64_t woken_at[16];
SHARED unsigned woken_deadlines[16];
SHARED int woken;
static uint64_t dawn;

static void *
wake_at(void *ms)
{
    thread_sleep_until(dawn + VALUE(ms) * MS);
    mutex_lock(&diary);
    woken_at[woken] = thread_now();
    woken_deadlines[woken++] = (unsigned)VALUE(ms);
    mutex_unlock(&diary);
    return NULL;
}

static void
let_sleep(const unsigned *ms, int count)
{
    thread_t sleepers[16];
    dawn = in_ms(20);
    for (int i = 0; i < count; i++)
        sleepers[i] = spawn(wake_at, NUMBER(ms[i]));
    for (int i = 0; i < count; i++)
        join(sleepers[i]);
}

Test(sleep, no_sleeper_wakes_before_its_deadline, .timeout = 10)
{
    const unsigned ms[] = {7, 3, 9, 1, 5, 8, 2, 6, 4, 0};
    let_sleep(ms, 10);
    cr_assert_eq(woken, 10);
    for (int i = 0; i < 10; i++)
        cr_assert_geq(woken_at[i], dawn + (uint64_t)woken_deadlines[i] * MS);
}

static bool
goes_by_chance(const char *policy)
{
    return strcmp(policy, "random") == 0 || strcmp(policy, "lottery") == 0;
}

Test(sleep, sleepers_wake_in_order_of_their_deadlines, .timeout = 10)
{
    const unsigned ms[] = {7, 3, 9, 1, 5, 8, 2, 6, 4, 0};
    if (strcmp(thread_model()->context, "kernel") == 0)
        cr_skip_test("who runs first is the kernel's choice in this model");
    if (goes_by_chance(thread_model()->policy))
        cr_skip_test("who runs first is chance's choice under this policy");
    let_sleep(ms, 10);
    for (unsigned i = 0; i < 10; i++)
        cr_assert_eq(woken_deadlines[i], i);
}

static void *
sleep_a_little(void *ms)
{
    uint64_t deadline = thread_now() + VALUE(ms) * MS;
    thread_sleep_until(deadline);
    return NUMBER(thread_now() >= deadline);
}

Test(sleep, a_thousand_sleepers_all_wake, .timeout = 20)
{
    static thread_t sleepers[1000];
    for (unsigned i = 0; i < 1000; i++)
        sleepers[i] = spawn(sleep_a_little, NUMBER(i * 37 % 50));
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(VALUE(join(sleepers[i])), 1);
}

Test(sleep, a_signal_does_not_cut_a_sleep_short, .timeout = 10)
{
    begin_signals();
    for (unsigned ms = 30; !disturbed(ms); ms *= 4) {
        uint64_t end = in_ms(ms);
        thread_sleep((uint64_t)ms * MS);
        cr_assert_geq(thread_now(), end);
    }
    cr_assert_gt(signals, 1);
}

Test(sleep, a_signal_does_not_end_a_timed_wait, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    begin_signals();
    for (unsigned ms = 30; !disturbed(ms); ms *= 4) {
        uint64_t deadline = in_ms(ms);
        cr_assert_eq(semaphore_wait_until(&s, deadline), ETIMEDOUT);
        cr_assert_geq(thread_now(), deadline);
    }
    cr_assert_gt(signals, 1);
}
