/* SPDX-License-Identifier: MIT */
/* time.c - the heap of deadlines, against a plain array of them. */
#include "time.h"

#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

enum { COUNT = 200 };

/* The deadlines that are waited for; THREAD_FOREVER: none. */
static uint64_t deadlines[COUNT];
static struct semaphore semaphores[COUNT];
static bool over;

static uint64_t
random_deadline(uint64_t from)
{
    return from + (uint64_t)(rand() % 1000) * 1000000; /* equal ones too */
}

/* Wait for one's semaphore with a deadline far away, again and again. */
static void *
wait_again_and_again(void *number)
{
    size_t i = (size_t)(uintptr_t)number;
    uint64_t an_hour_off = thread_now() + 3600000000000;
    while (!over) {
        deadlines[i] = random_deadline(an_hour_off);
        semaphore_wait_until(&semaphores[i], deadlines[i]);
        deadlines[i] = THREAD_FOREVER;
    }
    return NULL;
}

static uint64_t
earliest(void)
{
    uint64_t min = THREAD_FOREVER;
    for (int i = 0; i < COUNT; i++)
        if (deadlines[i] < min)
            min = deadlines[i];
    return min;
}

Test(deadlines, the_earliest_is_always_known, .timeout = 20)
{
    thread_t threads[COUNT];
    srand(3);
    for (size_t i = 0; i < COUNT; i++) {
        deadlines[i] = THREAD_FOREVER;
        cr_assert_eq(thread_create(&threads[i], NULL, wait_again_and_again,
                                   (void *)(uintptr_t)i),
                     0);
    }
    thread_yield();
    for (int step = 0; step < 10000; step++) {
        cr_assert_eq(time_earliest(), earliest());
        semaphore_post(&semaphores[rand() % COUNT]);
        thread_yield(); /* it wakes, leaves the heap, and enters it again */
    }
    over = true;
    for (int i = 0; i < COUNT; i++) {
        semaphore_post(&semaphores[i]);
        cr_assert_eq(thread_join(threads[i], NULL), 0);
        cr_assert_eq(time_earliest(), earliest());
    }
    cr_assert_eq(time_earliest(), THREAD_FOREVER);
}

/* ---- The order of waking ---- */

static uint64_t woken[COUNT];
static int count;

static void *
sleep_until(void *deadline)
{
    thread_sleep_until(*(uint64_t *)deadline);
    woken[count++] = *(uint64_t *)deadline;
    return NULL;
}

/* Have them all sleep, from so many ns after now on, and wake. False if that
 * moment came before all of them slept: then their order means nothing. */
static bool
sleep_and_wake(uint64_t margin)
{
    thread_t threads[COUNT];
    uint64_t soon = thread_now() + margin;
    count = 0;
    for (int i = 0; i < COUNT; i++) {
        deadlines[i] = soon + (uint64_t)(rand() % 1000) * 10000;
        cr_assert_eq(
            thread_create(&threads[i], NULL, sleep_until, &deadlines[i]), 0);
    }
    thread_yield();
    bool in_time = thread_now() < soon;
    for (int i = 0; i < COUNT; i++)
        thread_join(threads[i], NULL);
    return in_time;
}

Test(deadlines, all_that_have_passed_wake_in_their_order, .timeout = 20)
{
    srand(4);
    uint64_t margin = 5000000;
    while (!sleep_and_wake(margin))
        margin *= 2; /* a busy machine */
    cr_assert_eq(count, COUNT);
    for (int i = 1; i < COUNT; i++)
        cr_assert_leq(woken[i - 1], woken[i]);
}

Test(deadlines, none_wakes_before_its_time_however_late_one_looks,
     .timeout = 10)
{
    static uint64_t far;
    thread_t early[2], late;
    uint64_t now = thread_now();
    deadlines[0] = now + 1000000;
    deadlines[1] = now + 2000000;
    far = now + 3600000000000;
    for (int i = 0; i < 2; i++)
        thread_create(&early[i], NULL, sleep_until, &deadlines[i]);
    thread_create(&late, NULL, sleep_until, &far);
    thread_yield();
    while (thread_now() < now + 10000000)
        continue; /* nobody looks for 10 ms */
    thread_join(early[1], NULL);
    thread_join(early[0], NULL);
    cr_assert_eq(count, 2);
    cr_assert_eq(time_earliest(), far);
}

Test(deadlines, an_early_wake_up_takes_the_deadline_with_it, .timeout = 10)
{
    cr_assert_eq(time_earliest(), THREAD_FOREVER);
    struct semaphore s = SEMAPHORE_INITIALIZER(1);
    cr_assert_eq(semaphore_wait_until(&s, thread_now() + 1000000000), 0);
    cr_assert_eq(time_earliest(), THREAD_FOREVER);
    cr_assert_eq(semaphore_wait_until(&s, thread_now() + 1000000), ETIMEDOUT);
    cr_assert_eq(time_earliest(), THREAD_FOREVER);
}
