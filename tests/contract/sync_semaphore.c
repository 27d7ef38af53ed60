/* SPDX-License-Identifier: MIT */
/* sync_semaphore.c - semaphores: the third part of sync.h. */
#include "contract.h"

static void *
wait_for(void *semaphore)
{
    return NUMBER(semaphore_wait(semaphore));
}

static void *
wait_for_10_ms_at_most(void *semaphore)
{
    return NUMBER(semaphore_wait_until(semaphore, in_ms(10)));
}

static void *
wait_for_a_minute(void *semaphore)
{
    return NUMBER(semaphore_wait_until(semaphore, in_ms(60000)));
}

/* ---- Beginning and end ---- */

Test(semaphore, all_zero_bytes_is_one_of_value_0, .timeout = 10)
{
    SHARED struct semaphore zero;
    cr_assert_eq(semaphore_trywait(&zero), EAGAIN);
    cr_assert_eq(semaphore_post(&zero), 0);
    cr_assert_eq(semaphore_wait(&zero), 0);
}

Test(semaphore, the_initialiser_gives_it_its_value, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(2);
    cr_assert_eq(semaphore_value(&s), 2);
    cr_assert_eq(semaphore_wait(&s), 0);
    cr_assert_eq(semaphore_trywait(&s), 0);
    cr_assert_eq(semaphore_trywait(&s), EAGAIN);
}

Test(semaphore, init_makes_one_of_memory_in_any_state, .timeout = 10)
{
    SHARED struct semaphore s;
    memset(&s, 0xa5, sizeof s);
    cr_assert_eq(semaphore_init(&s, 3), 0);
    cr_assert_eq(semaphore_value(&s), 3);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(semaphore_wait(&s), 0);
    cr_assert_eq(semaphore_trywait(&s), EAGAIN);
    cr_assert_eq(semaphore_destroy(&s), 0);
}

Test(semaphore, init_above_the_maximum_gives_EINVAL, .timeout = 10)
{
    SHARED struct semaphore s;
    cr_assert_eq(semaphore_init(&s, SEMAPHORE_MAX + 1), EINVAL);
    cr_assert_eq(semaphore_init(&s, UINT32_MAX), EINVAL);
    cr_assert_eq(semaphore_init(&s, SEMAPHORE_MAX), 0);
}

Test(semaphore, destroying_one_with_a_waiter_gives_EBUSY, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t waiter = spawn(wait_for, &s);
    await_blocked(waiter, THREAD_WAIT_SEMAPHORE);
    semaphore_value(&s); /* the waiter is inside once this can look */
    cr_assert_eq(semaphore_destroy(&s), EBUSY);
    semaphore_post(&s);
    join(waiter);
    cr_assert_eq(semaphore_destroy(&s), 0);
}

/* ---- Values ---- */

Test(semaphore, post_adds_one, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    for (unsigned i = 1; i <= 10; i++) {
        cr_assert_eq(semaphore_post(&s), 0);
        cr_assert_eq(semaphore_value(&s), i);
    }
}

Test(semaphore, post_at_the_maximum_gives_EOVERFLOW, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(SEMAPHORE_MAX);
    cr_assert_eq(semaphore_post(&s), EOVERFLOW);
    cr_assert_eq(semaphore_value(&s), SEMAPHORE_MAX);
    cr_assert_eq(semaphore_wait(&s), 0);
    cr_assert_eq(semaphore_post(&s), 0);
}

Test(semaphore, the_value_is_0_while_a_thread_waits, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t waiter = spawn(wait_for, &s);
    await_blocked(waiter, THREAD_WAIT_SEMAPHORE);
    cr_assert_eq(semaphore_value(&s), 0);
    semaphore_post(&s);
    join(waiter);
    cr_assert_eq(semaphore_value(&s), 0);
}

/* ---- Waiting ---- */

Test(semaphore, each_post_lets_one_waiter_go, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t waiters[20];
    for (int i = 0; i < 20; i++)
        waiters[i] = spawn(wait_for, &s);
    for (int i = 0; i < 20; i++)
        await_blocked(waiters[i], THREAD_WAIT_SEMAPHORE);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(semaphore_post(&s), 0);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(VALUE(join(waiters[i])), 0);
    cr_assert_eq(semaphore_value(&s), 0);
}

struct room {
    struct semaphore places;
    struct mutex mutex;
    int inside;
    int most;
};

static void *
visit_100_times(void *arg)
{
    struct room *r = arg;
    for (int i = 0; i < 100; i++) {
        semaphore_wait(&r->places);
        mutex_lock(&r->mutex);
        if (++r->inside > r->most)
            r->most = r->inside;
        mutex_unlock(&r->mutex);
        thread_yield();
        mutex_lock(&r->mutex);
        r->inside--;
        mutex_unlock(&r->mutex);
        semaphore_post(&r->places);
    }
    return NULL;
}

Test(semaphore, no_more_threads_are_inside_than_it_counts, .timeout = 20)
{
    SHARED struct room room = {.places = SEMAPHORE_INITIALIZER(3)};
    thread_t visitors[10];
    for (int i = 0; i < 10; i++)
        visitors[i] = spawn(visit_100_times, &room);
    for (int i = 0; i < 10; i++)
        join(visitors[i]);
    cr_assert_leq(room.most, 3);
    cr_assert_geq(room.most, 1);
    cr_assert_eq(semaphore_value(&room.places), 3);
}

/* ---- Deadlines ---- */

Test(semaphore, a_deadline_ends_the_wait_and_takes_nothing, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    uint64_t deadline = in_ms(10);
    cr_assert_eq(semaphore_wait_until(&s, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    semaphore_post(&s);
    cr_assert_eq(semaphore_value(&s), 1);
}

Test(semaphore, a_past_deadline_still_takes_what_is_there, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(2);
    cr_assert_eq(semaphore_wait_until(&s, 0), 0);
    cr_assert_eq(semaphore_wait_until(&s, thread_now()), 0);
    cr_assert_eq(semaphore_wait_until(&s, 0), ETIMEDOUT);
}

Test(semaphore, a_post_before_the_deadline_ends_the_wait, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t waiter = spawn(wait_for_a_minute, &s);
    await_blocked(waiter, THREAD_WAIT_SEMAPHORE);
    semaphore_post(&s);
    cr_assert_eq(VALUE(join(waiter)), 0);
}

Test(semaphore, one_who_gave_up_takes_no_post, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t quitter = spawn(wait_for_10_ms_at_most, &s);
    await_blocked(quitter, THREAD_WAIT_SEMAPHORE);
    thread_t patient = spawn(wait_for, &s);
    await_blocked(patient, THREAD_WAIT_SEMAPHORE);
    cr_assert_eq(VALUE(join(quitter)), ETIMEDOUT);
    semaphore_post(&s);
    cr_assert_eq(VALUE(join(patient)), 0);
    cr_assert_eq(semaphore_value(&s), 0);
}
