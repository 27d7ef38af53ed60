/* SPDX-License-Identifier: MIT */
/* once_and_keys.c - thread_once, and values of one's own. */
#include "contract.h"

/* ---- Once ---- */

SHARED int calls;

static void
count_call(void)
{
    calls++;
}

Test(once, a_function_is_called_once, .timeout = 10)
{
    SHARED struct thread_once once;
    memset(&once, 0, sizeof once);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(thread_once(&once, count_call), 0);
    cr_assert_eq(calls, 1);
}

SHARED struct thread_once slow;
SHARED struct semaphore may_end;
SHARED int ended;

static void
wait_to_end(void)
{
    semaphore_wait(&may_end);
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
}

static void *
call_slow(void *unused)
{
    (void)unused;
    thread_once(&slow, wait_to_end);
    return NUMBER(__atomic_load_n(&ended, __ATOMIC_SEQ_CST));
}

Test(once, whoever_comes_meanwhile_waits_for_its_end, .timeout = 10)
{
    thread_t threads[4];
    threads[0] = spawn(call_slow, NULL);
    await_blocked(threads[0], THREAD_WAIT_SEMAPHORE);
    for (int i = 1; i < 4; i++) {
        threads[i] = spawn(call_slow, NULL);
        await_blocked(threads[i], THREAD_WAIT_ONCE);
    }
    semaphore_post(&may_end);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(VALUE(join(threads[i])), 1, "the function had ended");
}

SHARED struct thread_once interrupted;
SHARED struct semaphore never;

static void
wait_for_ever_the_first_time(void)
{
    if (calls++ == 0)
        semaphore_wait(&never);
}

static void *
call_interrupted(void *unused)
{
    thread_once(&interrupted, wait_for_ever_the_first_time);
    return unused;
}

Test(once, a_cancelled_call_was_none, .timeout = 10)
{
    thread_t first = spawn(call_interrupted, NULL);
    await_blocked(first, THREAD_WAIT_SEMAPHORE);
    thread_t second = spawn(call_interrupted, NULL);
    await_blocked(second, THREAD_WAIT_ONCE);
    thread_cancel(first);
    cr_assert_eq(join(first), THREAD_CANCELED);
    cr_assert_eq(join(second), NULL);
    cr_assert_eq(calls, 2);
    call_interrupted(NULL);
    cr_assert_eq(calls, 2, "the second call was one");
}

/* ---- Keys ---- */

static thread_key_t key;
SHARED int destroyed;

static void *
get_value(void *unused)
{
    (void)unused;
    return thread_key_get(key);
}

static void *
set_and_get(void *value)
{
    return thread_key_set(key, value) == 0 ? thread_key_get(key) : NULL;
}

static void
add_up(void *value)
{
    destroyed += (int)VALUE(value);
}

Test(key, every_thread_has_its_own_value, .timeout = 10)
{
    cr_assert_eq(thread_key_create(&key, NULL), 0);
    cr_assert_null(thread_key_get(key), "NULL at first");
    cr_assert_eq(thread_key_set(key, NUMBER(1)), 0);
    cr_assert_eq(VALUE(join(spawn(set_and_get, NUMBER(2)))), 2);
    cr_assert_null(join(spawn(get_value, NULL)));
    cr_assert_eq(VALUE(thread_key_get(key)), 1);
}

Test(key, a_destructor_gets_the_value_when_its_thread_ends, .timeout = 10)
{
    thread_key_create(&key, add_up);
    join(spawn(set_and_get, NUMBER(3)));
    cr_assert_eq(destroyed, 3);
    join(spawn(get_value, NULL));
    cr_assert_eq(destroyed, 3, "but not NULL");
    join(spawn(set_and_get, NUMBER(4)));
    cr_assert_eq(destroyed, 7);
}

static void *
exit_with_value(void *value)
{
    thread_key_set(key, value);
    thread_exit(NULL);
}

static void *
block_with_value(void *value)
{
    thread_key_set(key, value);
    semaphore_wait(&never);
    return NULL;
}

Test(key, destructors_run_whichever_way_a_thread_ends, .timeout = 10)
{
    thread_key_create(&key, add_up);
    join(spawn(exit_with_value, NUMBER(1)));
    cr_assert_eq(destroyed, 1);
    thread_t thread = spawn(block_with_value, NUMBER(2));
    await_blocked(thread, THREAD_WAIT_SEMAPHORE);
    thread_cancel(thread);
    join(thread);
    cr_assert_eq(destroyed, 3);
}

static void
set_it_again(void *value)
{
    destroyed++;
    thread_key_set(key, value);
}

Test(key, destructors_that_set_values_are_called_again, .timeout = 10)
{
    thread_key_create(&key, set_it_again);
    join(spawn(set_and_get, NUMBER(1)));
    cr_assert_eq(destroyed, THREAD_DESTRUCTOR_ROUNDS, "and no more often");
}

static void
note_value(void *value)
{
    destroyed = thread_key_get(key) == NULL && VALUE(value) == 9;
}

Test(key, in_its_destructor_the_value_is_NULL, .timeout = 10)
{
    thread_key_create(&key, note_value);
    join(spawn(set_and_get, NUMBER(9)));
    cr_assert_eq(destroyed, 1);
}

Test(key, a_deleted_one_is_none, .timeout = 10)
{
    thread_key_create(&key, add_up);
    thread_key_set(key, NUMBER(1));
    cr_assert_eq(thread_key_delete(key), 0);
    cr_assert_eq(thread_key_delete(key), EINVAL);
    cr_assert_eq(thread_key_set(key, NUMBER(2)), EINVAL);
    cr_assert_null(thread_key_get(key));
}

static void *
set_then_delete(void *value)
{
    thread_key_set(key, value);
    thread_key_delete(key);
    return NULL;
}

Test(key, a_deleted_one_destroys_nothing, .timeout = 10)
{
    thread_key_create(&key, add_up);
    join(spawn(set_then_delete, NUMBER(5)));
    cr_assert_eq(destroyed, 0);
}

Test(key, made_anew_has_no_old_values, .timeout = 10)
{
    thread_key_t old;
    thread_key_create(&old, NULL);
    thread_key_set(old, NUMBER(1));
    thread_key_delete(old);
    for (int i = 0; i < THREAD_KEYS_MAX; i++) {
        cr_assert_eq(thread_key_create(&key, NULL), 0);
        cr_assert_null(thread_key_get(key));
    }
    cr_assert_eq(thread_key_create(&key, NULL), EAGAIN, "no more than that");
}

Test(key, that_never_was_gives_EINVAL, .timeout = 10)
{
    cr_assert_eq(thread_key_set(THREAD_KEYS_MAX, NULL), EINVAL);
    cr_assert_eq(thread_key_set(THREAD_KEYS_MAX + 1000, NULL), EINVAL);
    cr_assert_eq(thread_key_delete(~0u), EINVAL);
    cr_assert_null(thread_key_get(~0u));
}
