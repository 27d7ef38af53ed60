/* SPDX-License-Identifier: MIT */
/* sync_cond.c - condition variables: the second part of sync.h. */
#include "contract.h"

/* A box of tokens: each waiter takes one, and waits while there is none. */
struct box {
    struct mutex mutex;
    struct cond filled;
    int tokens;
    int taken;
};

static void *
take_one(void *arg)
{
    struct box *b = arg;
    mutex_lock(&b->mutex);
    while (b->tokens == 0)
        cond_wait(&b->filled, &b->mutex);
    b->tokens--;
    b->taken++;
    return NUMBER(mutex_unlock(&b->mutex));
}

static void
put(struct box *b, int tokens)
{
    mutex_lock(&b->mutex);
    b->tokens += tokens;
    mutex_unlock(&b->mutex);
}

/* A waiter of such a box that is really waiting: nobody can take the mutex
 * between its last look and its wait. */
static thread_t
waiter_of(struct box *b)
{
    thread_t waiter = spawn(take_one, b);
    await_blocked(waiter, THREAD_WAIT_COND);
    mutex_lock(&b->mutex);
    mutex_unlock(&b->mutex);
    return waiter;
}

/* ---- Beginning and end ---- */

Test(cond, all_zero_bytes_is_one_without_waiters, .timeout = 10)
{
    SHARED struct box box;
    thread_t waiter = waiter_of(&box);
    put(&box, 1);
    cr_assert_eq(cond_signal(&box.filled), 0);
    cr_assert_eq(VALUE(join(waiter)), 0);
}

Test(cond, init_makes_one_of_memory_in_any_state, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    memset(&box.filled, 0xa5, sizeof box.filled);
    cr_assert_eq(cond_init(&box.filled), 0);
    thread_t waiter = waiter_of(&box);
    put(&box, 1);
    cond_signal(&box.filled);
    cr_assert_eq(VALUE(join(waiter)), 0);
    cr_assert_eq(cond_destroy(&box.filled), 0);
}

Test(cond, destroying_one_with_a_waiter_gives_EBUSY, .timeout = 10)
{
    SHARED struct box box = {.filled = COND_INITIALIZER};
    cr_assert_eq(cond_destroy(&box.filled), 0);
    cr_assert_eq(cond_init(&box.filled), 0);
    thread_t waiter = waiter_of(&box);
    cr_assert_eq(cond_destroy(&box.filled), EBUSY);
    put(&box, 1);
    cond_signal(&box.filled);
    join(waiter);
    cr_assert_eq(cond_destroy(&box.filled), 0);
}

/* ---- Signals ---- */

Test(cond, a_signal_wakes_a_waiter, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiter = waiter_of(&box);
    put(&box, 1);
    cr_assert_eq(cond_signal(&box.filled), 0);
    cr_assert_eq(VALUE(join(waiter)), 0);
    cr_assert_eq(box.taken, 1);
}

Test(cond, as_many_signals_as_waiters_wake_them_all, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiters[20];
    for (int i = 0; i < 20; i++)
        waiters[i] = waiter_of(&box);
    for (int i = 0; i < 20; i++) {
        put(&box, 1);
        cond_signal(&box.filled);
    }
    for (int i = 0; i < 20; i++)
        join(waiters[i]);
    cr_assert_eq(box.taken, 20);
}

Test(cond, a_broadcast_wakes_every_waiter, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiters[20];
    for (int i = 0; i < 20; i++)
        waiters[i] = waiter_of(&box);
    put(&box, 20);
    cr_assert_eq(cond_broadcast(&box.filled), 0);
    for (int i = 0; i < 20; i++)
        join(waiters[i]);
    cr_assert_eq(box.taken, 20);
}

Test(cond, a_signal_is_not_kept_for_later, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    SHARED struct cond c = COND_INITIALIZER;
    cr_assert_eq(cond_signal(&c), 0);
    cr_assert_eq(cond_broadcast(&c), 0);
    mutex_lock(&m);
    cr_assert_eq(cond_wait_until(&c, &m, in_ms(10)), ETIMEDOUT);
}

/* ---- The mutex ---- */

Test(cond, wait_releases_the_mutex, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiter = waiter_of(&box);
    cr_assert_eq(mutex_trylock(&box.mutex), 0);
    box.tokens = 1;
    cond_signal(&box.filled);
    mutex_unlock(&box.mutex);
    join(waiter);
}

Test(cond, wait_returns_holding_the_mutex, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiter = waiter_of(&box);
    put(&box, 1);
    cond_signal(&box.filled);
    cr_assert_eq(VALUE(join(waiter)), 0, "its unlock must succeed");
    cr_assert_eq(mutex_trylock(&box.mutex), 0);
}

Test(cond, wait_without_the_mutex_gives_EPERM, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    SHARED struct cond c = COND_INITIALIZER;
    cr_assert_eq(cond_wait(&c, &m), EPERM);
    cr_assert_eq(cond_wait_until(&c, &m, 0), EPERM);
    cr_assert_eq(mutex_unlock(&m), EPERM);
}

static void *
wait_on_box(void *arg)
{
    struct box *b = arg;
    return NUMBER(cond_wait(&b->filled, &b->mutex));
}

Test(cond, wait_with_somebody_elses_mutex_gives_EPERM, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    mutex_lock(&box.mutex);
    cr_assert_eq(VALUE(join(spawn(wait_on_box, &box))), EPERM);
    cr_assert_eq(mutex_unlock(&box.mutex), 0);
}

Test(cond, wait_with_a_mutex_held_twice_gives_EPERM, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_RECURSIVE_INITIALIZER;
    SHARED struct cond c = COND_INITIALIZER;
    mutex_lock(&m);
    mutex_lock(&m);
    cr_assert_eq(cond_wait_until(&c, &m, in_ms(10)), EPERM);
    mutex_unlock(&m);
    cr_assert_eq(cond_wait_until(&c, &m, in_ms(10)), ETIMEDOUT);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(mutex_unlock(&m), EPERM);
}

/* ---- Deadlines ---- */

Test(cond, a_deadline_ends_the_wait_and_the_mutex_is_held, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_ERRORCHECK_INITIALIZER;
    SHARED struct cond c = COND_INITIALIZER;
    mutex_lock(&m);
    uint64_t deadline = in_ms(10);
    cr_assert_eq(cond_wait_until(&c, &m, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(mutex_lock(&m), EDEADLK);
    cr_assert_eq(cond_wait_until(&c, &m, 0), ETIMEDOUT);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(cond_destroy(&c), 0);
}

static void *
wait_for_a_minute(void *arg)
{
    struct box *b = arg;
    mutex_lock(&b->mutex);
    int error = 0;
    while (b->tokens == 0 && !error)
        error = cond_wait_until(&b->filled, &b->mutex, in_ms(60000));
    mutex_unlock(&b->mutex);
    return NUMBER(error);
}

Test(cond, a_signal_before_the_deadline_ends_the_wait, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t waiter = spawn(wait_for_a_minute, &box);
    await_blocked(waiter, THREAD_WAIT_COND);
    put(&box, 1);
    cond_signal(&box.filled);
    cr_assert_eq(VALUE(join(waiter)), 0);
}

static void *
give_up_soon(void *arg)
{
    struct box *b = arg;
    mutex_lock(&b->mutex);
    int error = cond_wait_until(&b->filled, &b->mutex, in_ms(10));
    mutex_unlock(&b->mutex);
    return NUMBER(error);
}

Test(cond, one_who_gave_up_takes_no_signal, .timeout = 10)
{
    SHARED struct box box = {.tokens = 0};
    thread_t quitter = spawn(give_up_soon, &box);
    await_blocked(quitter, THREAD_WAIT_COND);
    thread_t patient = waiter_of(&box);
    cr_assert_eq(VALUE(join(quitter)), ETIMEDOUT);
    put(&box, 1);
    cond_signal(&box.filled);
    cr_assert_eq(VALUE(join(patient)), 0);
    cr_assert_eq(cond_destroy(&box.filled), 0);
}

static void *
hold_it_for_20_ms(void *mutex)
{
    mutex_lock(mutex);
    thread_sleep(20 * MS);
    return NUMBER(mutex_unlock(mutex));
}

Test(cond, after_its_deadline_wait_still_waits_for_the_mutex, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    SHARED struct cond c = COND_INITIALIZER;
    mutex_lock(&m);
    thread_t holder = spawn(hold_it_for_20_ms, &m);
    await_blocked(holder, THREAD_WAIT_MUTEX);
    cr_assert_eq(cond_wait_until(&c, &m, in_ms(1)), ETIMEDOUT);
    cr_assert_eq(mutex_unlock(&m), 0);
    cr_assert_eq(VALUE(join(holder)), 0);
}

/* ---- The textbook's uses ---- */

/* A bounded buffer of numbers. */
struct buffer {
    struct mutex mutex;
    struct cond not_empty;
    struct cond not_full;
    int slots[4];
    int count;
};

enum { ITEMS = 5000, ENDS = 2 };

static void *
produce(void *arg)
{
    struct buffer *b = arg;
    for (int i = 1; i <= ITEMS; i++) {
        mutex_lock(&b->mutex);
        while (b->count == 4)
            cond_wait(&b->not_full, &b->mutex);
        b->slots[b->count++] = i;
        cond_signal(&b->not_empty);
        mutex_unlock(&b->mutex);
    }
    return NULL;
}

static void *
consume(void *arg)
{
    struct buffer *b = arg;
    uintptr_t sum = 0;
    for (int i = 1; i <= ITEMS; i++) {
        mutex_lock(&b->mutex);
        while (b->count == 0)
            cond_wait(&b->not_empty, &b->mutex);
        sum += (uintptr_t)b->slots[--b->count];
        cond_signal(&b->not_full);
        mutex_unlock(&b->mutex);
    }
    return NUMBER(sum);
}

Test(cond, a_bounded_buffer_loses_nothing_and_no_wake_up, .timeout = 60)
{
    SHARED struct buffer b = {.count = 0};
    thread_t producers[ENDS], consumers[ENDS];
    uintptr_t sum = 0;
    for (int i = 0; i < ENDS; i++) {
        consumers[i] = spawn(consume, &b);
        producers[i] = spawn(produce, &b);
    }
    for (int i = 0; i < ENDS; i++) {
        join(producers[i]);
        sum += VALUE(join(consumers[i]));
    }
    cr_assert_eq(sum, (uintptr_t)ENDS * ITEMS * (ITEMS + 1) / 2);
    cr_assert_eq(b.count, 0);
}

struct rally {
    struct mutex mutex;
    struct cond moved;
    int turn;
};

struct player {
    struct rally *rally;
    int side;
};

static void *
play(void *arg)
{
    const struct player *p = arg;
    struct rally *r = p->rally;
    for (int i = 0; i < 2000; i++) {
        mutex_lock(&r->mutex);
        while (r->turn % 2 != p->side)
            cond_wait(&r->moved, &r->mutex);
        r->turn++;
        cond_signal(&r->moved);
        mutex_unlock(&r->mutex);
    }
    return NULL;
}

Test(cond, two_threads_take_turns, .timeout = 60)
{
    SHARED struct rally rally = {.turn = 0};
    SHARED struct player left = {&rally, 0}, right = {&rally, 1};
    thread_t l = spawn(play, &left);
    thread_t r = spawn(play, &right);
    join(l);
    join(r);
    cr_assert_eq(rally.turn, 4000);
}
