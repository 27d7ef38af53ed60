/* SPDX-License-Identifier: MIT */
/* sync_barrier.c - barriers: the fifth part of sync.h. */
#include "contract.h"

#include <stdlib.h>

static void *
wait_once(void *barrier)
{
    return NUMBER(barrier_wait(barrier));
}

Test(barrier, nobody_goes_on_before_all_have_come, .timeout = 10)
{
    SHARED struct barrier b = BARRIER_INITIALIZER(3);
    struct thread_info info;
    thread_t first = spawn(wait_once, &b), second = spawn(wait_once, &b);
    await_blocked(first, THREAD_WAIT_BARRIER);
    await_blocked(second, THREAD_WAIT_BARRIER);
    cr_assert_eq(thread_info(first, &info), 0);
    cr_assert_eq(info.wait_on, &b);
    cr_assert_eq(barrier_wait(&b), BARRIER_SERIAL, "main came last");
    cr_assert_eq(VALUE(join(first)), 0);
    cr_assert_eq(VALUE(join(second)), 0);
}

Test(barrier, of_one_thread_never_waits, .timeout = 10)
{
    SHARED struct barrier b;
    memset(&b, 0xa5, sizeof b);
    cr_assert_eq(barrier_init(&b, 1), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(barrier_wait(&b), BARRIER_SERIAL);
    cr_assert_eq(barrier_destroy(&b), 0);
}

enum { COMERS = 4, ROUNDS = 200 };

SHARED struct barrier again = BARRIER_INITIALIZER(COMERS);
SHARED unsigned came[ROUNDS], serial[ROUNDS];
SHARED bool too_early;

static void *
round_after_round(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        __atomic_add_fetch(&came[i], 1, __ATOMIC_SEQ_CST);
        if (barrier_wait(&again) == BARRIER_SERIAL)
            __atomic_add_fetch(&serial[i], 1, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&came[i], __ATOMIC_SEQ_CST) != COMERS)
            __atomic_store_n(&too_early, true, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

Test(barrier, is_as_new_after_each_round, .timeout = 30)
{
    thread_t threads[COMERS];
    for (int i = 0; i < COMERS; i++)
        threads[i] = spawn(round_after_round, NULL);
    for (int i = 0; i < COMERS; i++)
        join(threads[i]);
    cr_assert_not(too_early);
    for (int i = 0; i < ROUNDS; i++)
        cr_assert_eq(serial[i], 1, "one in each round is told that it is last");
}

static void *
wait_and_free(void *barrier)
{
    if (barrier_wait(barrier) != BARRIER_SERIAL)
        return NUMBER(0);
    int error = barrier_destroy(barrier);
    memset(barrier, 0xee, sizeof(struct barrier));
    thread_shared_free(barrier);
    return NUMBER(error);
}

Test(barrier, whoever_came_last_may_free_it, .timeout = 30)
{
    for (int i = 0; i < 200; i++) {
        struct barrier *b = thread_shared_alloc(sizeof *b);
        barrier_init(b, 3);
        thread_t threads[3];
        for (int j = 0; j < 3; j++)
            threads[j] = spawn(wait_and_free, b);
        for (int j = 0; j < 3; j++)
            cr_assert_eq(VALUE(join(threads[j])), 0);
    }
}

Test(barrier, for_nobody_gives_EINVAL, .timeout = 10)
{
    SHARED struct barrier zero;
    SHARED struct barrier b;
    cr_assert_eq(barrier_init(&b, 0), EINVAL);
    cr_assert_eq(barrier_wait(&zero), EINVAL);
}

Test(barrier, destroying_one_with_a_waiter_gives_EBUSY, .timeout = 10)
{
    SHARED struct barrier b = BARRIER_INITIALIZER(2);
    thread_t waiter = spawn(wait_once, &b);
    await_blocked(waiter, THREAD_WAIT_BARRIER);
    cr_assert_eq(barrier_destroy(&b), EBUSY);
    barrier_wait(&b);
    join(waiter);
    cr_assert_eq(barrier_destroy(&b), 0);
}
