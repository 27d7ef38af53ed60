/* SPDX-License-Identifier: MIT */
/* sync_mutex.c - mutual exclusion: the first part of sync.h. */
#include "contract.h"

static const enum mutex_kind kinds[] = {MUTEX_NORMAL, MUTEX_RECURSIVE,
                                        MUTEX_ERRORCHECK};
enum { KINDS = 3 };

/* ---- What another thread sees of a mutex ---- */

static void *
try_it(void *mutex)
{
    int error = mutex_trylock(mutex);
    if (error == 0)
        mutex_unlock(mutex);
    return NUMBER(error);
}

static void *
unlock_it(void *mutex)
{
    return NUMBER(mutex_unlock(mutex));
}

static void *
lock_it(void *mutex)
{
    int error = mutex_lock(mutex);
    return NUMBER(error ? error : mutex_unlock(mutex));
}

static void *
lock_it_for_10_ms_at_most(void *mutex)
{
    return NUMBER(mutex_lock_until(mutex, in_ms(10)));
}

/* What a function of the above returns when another thread calls it. */
static int
elsewhere(void *(*fn)(void *), struct mutex *m)
{
    return (int)VALUE(join(spawn(fn, m)));
}

/* ---- Beginning and end ---- */

Test(mutex, all_zero_bytes_is_a_free_mutex, .timeout = 10)
{
    SHARED struct mutex zero;
    cr_assert_eq(mutex_lock(&zero), 0);
    cr_assert_eq(elsewhere(try_it, &zero), EBUSY);
    cr_assert_eq(mutex_unlock(&zero), 0);
    cr_assert_eq(elsewhere(try_it, &zero), 0);
}

Test(mutex, the_initialisers_make_the_three_kinds, .timeout = 10)
{
    SHARED struct mutex normal = MUTEX_INITIALIZER;
    SHARED struct mutex recursive = MUTEX_RECURSIVE_INITIALIZER;
    SHARED struct mutex errorcheck = MUTEX_ERRORCHECK_INITIALIZER;
    mutex_lock(&normal);
    mutex_lock(&recursive);
    mutex_lock(&errorcheck);
    cr_assert_eq(mutex_lock_until(&normal, 0), ETIMEDOUT);
    cr_assert_eq(mutex_lock(&recursive), 0);
    cr_assert_eq(mutex_lock(&errorcheck), EDEADLK);
}

Test(mutex, init_makes_a_free_mutex_of_memory_in_any_state, .timeout = 10)
{
    for (int i = 0; i < KINDS; i++) {
        SHARED struct mutex m;
        memset(&m, 0xa5, sizeof m);
        cr_assert_eq(mutex_init(&m, kinds[i]), 0);
        cr_assert_eq(mutex_trylock(&m), 0);
        cr_assert_eq(mutex_unlock(&m), 0);
        cr_assert_eq(mutex_destroy(&m), 0);
    }
}

Test(mutex, init_of_an_unknown_kind_gives_EINVAL, .timeout = 10)
{
    SHARED struct mutex m;
    cr_assert_eq(mutex_init(&m, (enum mutex_kind)3), EINVAL);
    cr_assert_eq(mutex_init(&m, (enum mutex_kind) - 1), EINVAL);
}

Test(mutex, destroying_a_locked_one_gives_EBUSY, .timeout = 10)
{
    for (int i = 0; i < KINDS; i++) {
        SHARED struct mutex m;
        mutex_init(&m, kinds[i]);
        mutex_lock(&m);
        cr_assert_eq(mutex_destroy(&m), EBUSY);
        cr_assert_eq(mutex_unlock(&m), 0);
        cr_assert_eq(mutex_destroy(&m), 0);
    }
}

/* ---- Exclusion ---- */

struct counter {
    struct mutex mutex;
    volatile int value;
    volatile int inside;
    volatile int crowded; /* times that two were inside */
};

static void *
add_500(void *arg)
{
    struct counter *c = arg;
    for (int i = 0; i < 500; i++) {
        mutex_lock(&c->mutex);
        c->crowded += c->inside++;
        int value = c->value;
        thread_yield(); /* invites another thread to do the same */
        c->value = value + 1;
        c->inside--;
        mutex_unlock(&c->mutex);
    }
    return NULL;
}

Test(mutex, only_one_thread_is_inside, .timeout = 20)
{
    SHARED struct counter c = {.value = 0};
    thread_t threads[8];
    for (int i = 0; i < 8; i++)
        threads[i] = spawn(add_500, &c);
    for (int i = 0; i < 8; i++)
        join(threads[i]);
    cr_assert_eq(c.value, 4000);
    cr_assert_eq(c.crowded, 0);
}

Test(mutex, a_thread_waits_until_the_holder_unlocks, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    thread_t waiter = spawn(lock_it, &m);
    await_blocked(waiter, THREAD_WAIT_MUTEX);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(VALUE(join(waiter)), 0);
}

Test(mutex, every_one_of_100_waiters_gets_it, .timeout = 20)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    thread_t waiters[100];
    mutex_lock(&m);
    for (int i = 0; i < 100; i++)
        waiters[i] = spawn(lock_it, &m);
    for (int i = 0; i < 100; i++)
        await_blocked(waiters[i], THREAD_WAIT_MUTEX);
    mutex_unlock(&m);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(VALUE(join(waiters[i])), 0);
    cr_assert_eq(mutex_destroy(&m), 0);
}

Test(mutex, trylock_of_a_held_one_gives_EBUSY, .timeout = 10)
{
    for (int i = 0; i < KINDS; i++) {
        SHARED struct mutex m;
        mutex_init(&m, kinds[i]);
        cr_assert_eq(mutex_trylock(&m), 0);
        cr_assert_eq(elsewhere(try_it, &m), EBUSY);
        mutex_unlock(&m);
        cr_assert_eq(elsewhere(try_it, &m), 0);
    }
}

/* ---- Locking it twice ---- */

Test(mutex, trylock_by_its_holder_gives_EBUSY, .timeout = 10)
{
    SHARED struct mutex normal = MUTEX_INITIALIZER;
    SHARED struct mutex errorcheck = MUTEX_ERRORCHECK_INITIALIZER;
    mutex_lock(&normal);
    mutex_lock(&errorcheck);
    cr_assert_eq(mutex_trylock(&normal), EBUSY);
    cr_assert_eq(mutex_trylock(&errorcheck), EBUSY);
}

Test(mutex, a_recursive_one_is_free_after_as_many_unlocks, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_RECURSIVE_INITIALIZER;
    cr_assert_eq(mutex_lock(&m), 0);
    cr_assert_eq(mutex_lock_until(&m, 0), 0);
    cr_assert_eq(mutex_trylock(&m), 0);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(elsewhere(try_it, &m), EBUSY);
        cr_assert_eq(mutex_unlock(&m), 0);
    }
    cr_assert_eq(elsewhere(try_it, &m), 0);
    cr_assert_eq(mutex_unlock(&m), EPERM);
}

Test(mutex, an_errorcheck_one_tells_its_holder_EDEADLK, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_ERRORCHECK_INITIALIZER;
    mutex_lock(&m);
    cr_assert_eq(mutex_lock(&m), EDEADLK);
    cr_assert_eq(mutex_lock_until(&m, in_ms(10)), EDEADLK);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(mutex_unlock(&m), EPERM);
}

Test(mutex, a_normal_one_blocks_its_holder, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    cr_assert_eq(mutex_lock_until(&m, in_ms(5)), ETIMEDOUT);
    cr_assert_eq(elsewhere(try_it, &m), EBUSY);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(elsewhere(try_it, &m), 0);
}

/* ---- Unlocking what is not one's own ---- */

Test(mutex, unlock_by_a_stranger_gives_EPERM, .timeout = 10)
{
    for (int i = 0; i < KINDS; i++) {
        SHARED struct mutex m;
        mutex_init(&m, kinds[i]);
        mutex_lock(&m);
        cr_assert_eq(elsewhere(unlock_it, &m), EPERM);
        cr_assert_eq(elsewhere(try_it, &m), EBUSY);
        cr_assert_eq(mutex_unlock(&m), 0);
    }
}

Test(mutex, unlock_of_a_free_one_gives_EPERM, .timeout = 10)
{
    for (int i = 0; i < KINDS; i++) {
        SHARED struct mutex m;
        mutex_init(&m, kinds[i]);
        cr_assert_eq(mutex_unlock(&m), EPERM);
        mutex_lock(&m);
        mutex_unlock(&m);
        cr_assert_eq(mutex_unlock(&m), EPERM);
    }
}

/* ---- Deadlines ---- */

Test(mutex, a_deadline_ends_the_wait, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    uint64_t start = thread_now();
    cr_assert_eq(elsewhere(lock_it_for_10_ms_at_most, &m), ETIMEDOUT);
    cr_assert_geq(thread_now(), start + 10 * MS);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(mutex_trylock(&m), 0);
}

Test(mutex, a_past_deadline_still_takes_a_free_one, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    cr_assert_eq(mutex_lock_until(&m, 0), 0);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(mutex_lock_until(&m, thread_now()), 0);
    cr_assert_eq(mutex_lock_until(&m, thread_now()), ETIMEDOUT);
}

static void *
lock_it_within_a_minute(void *mutex)
{
    return NUMBER(mutex_lock_until(mutex, in_ms(60000)));
}

Test(mutex, an_unlock_before_the_deadline_ends_the_wait, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    thread_t waiter = spawn(lock_it_within_a_minute, &m);
    await_blocked(waiter, THREAD_WAIT_MUTEX);
    mutex_unlock(&m);
    cr_assert_eq(VALUE(join(waiter)), 0);
    cr_assert_eq(mutex_trylock(&m), EBUSY);
}

Test(mutex, one_who_gave_up_does_not_get_it_later, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    thread_t quitter = spawn(lock_it_for_10_ms_at_most, &m);
    await_blocked(quitter, THREAD_WAIT_MUTEX);
    thread_t patient = spawn(lock_it, &m);
    await_blocked(patient, THREAD_WAIT_MUTEX);
    cr_assert_eq(VALUE(join(quitter)), ETIMEDOUT);
    mutex_unlock(&m);
    cr_assert_eq(VALUE(join(patient)), 0);
    cr_assert_eq(mutex_destroy(&m), 0);
}
