/* SPDX-License-Identifier: MIT */
/* sync_event.c - events: the last part of sync.h. */
#include "contract.h"

static void *
wait_for(void *event)
{
    return NUMBER(event_wait(event));
}

Test(event, all_zero_bytes_is_one_that_is_not_set, .timeout = 10)
{
    SHARED struct event zero;
    cr_assert_not(event_is_set(&zero));
    cr_assert_eq(event_wait_until(&zero, 0), ETIMEDOUT);
    cr_assert_eq(event_destroy(&zero), 0);
}

Test(event, init_makes_one_of_memory_in_any_state, .timeout = 10)
{
    SHARED struct event e;
    memset(&e, 0xa5, sizeof e);
    cr_assert_eq(event_init(&e), 0);
    cr_assert_not(event_is_set(&e));
    cr_assert_eq(event_destroy(&e), 0);
}

Test(event, once_set_nobody_waits_for_it, .timeout = 10)
{
    SHARED struct event e = EVENT_INITIALIZER;
    cr_assert_eq(event_set(&e), 0);
    cr_assert(event_is_set(&e));
    cr_assert_eq(event_wait(&e), 0);
    cr_assert_eq(event_wait(&e), 0, "it stays set");
    cr_assert_eq(event_wait_until(&e, 0), 0);
}

Test(event, cleared_it_is_waited_for_again, .timeout = 10)
{
    SHARED struct event e = EVENT_INITIALIZER;
    event_set(&e);
    cr_assert_eq(event_clear(&e), 0);
    cr_assert_not(event_is_set(&e));
    cr_assert_eq(event_wait_until(&e, in_ms(5)), ETIMEDOUT);
}

Test(event, setting_it_wakes_all_who_wait, .timeout = 10)
{
    SHARED struct event e = EVENT_INITIALIZER;
    thread_t waiters[5];
    for (int i = 0; i < 5; i++) {
        waiters[i] = spawn(wait_for, &e);
        await_blocked(waiters[i], THREAD_WAIT_EVENT);
    }
    event_set(&e);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(VALUE(join(waiters[i])), 0);
}

Test(event, whoever_waited_goes_on_though_it_is_cleared_at_once, .timeout = 10)
{
    SHARED struct event e = EVENT_INITIALIZER;
    for (int i = 0; i < 50; i++) {
        thread_t waiter = spawn(wait_for, &e);
        await_blocked(waiter, THREAD_WAIT_EVENT);
        cr_assert_eq(event_destroy(&e), EBUSY);
        event_set(&e);
        event_clear(&e);
        cr_assert_eq(VALUE(join(waiter)), 0);
    }
    cr_assert_eq(event_destroy(&e), 0);
}

Test(event, at_the_deadline_the_wait_ends, .timeout = 10)
{
    SHARED struct event e = EVENT_INITIALIZER;
    uint64_t deadline = in_ms(10);
    cr_assert_eq(event_wait_until(&e, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(event_destroy(&e), 0, "nobody is left in there");
}

Test(event, that_comes_in_time_ends_a_timed_wait, .timeout = 10)
{
    SHARED struct event e;
    uint64_t deadline = in_ms(60000);
    thread_t waiter = spawn(wait_for, &e);
    event_set(&e);
    cr_assert_eq(event_wait_until(&e, deadline), 0);
    cr_assert_lt(thread_now(), deadline);
    join(waiter);
}
