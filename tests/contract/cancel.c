/* SPDX-License-Identifier: MIT */
/* cancel.c - deferred cancellation: where a thread ends, and how. */
#include "channel.h"
#include "contract.h"

#include <unistd.h>

/* ---- The points: a thread that is blocked there ends ---- */

SHARED struct semaphore never;
SHARED struct event unset;
SHARED struct mutex mutex;
SHARED struct cond unsignalled;
SHARED struct channel empty;
static int quiet[2];
static char byte;

static void *
in_sleep(void *arg)
{
    thread_sleep_until(THREAD_FOREVER);
    return arg;
}

static thread_t sleeper;

static void *
in_join(void *arg)
{
    thread_join(sleeper, NULL);
    return arg;
}

static void *
in_cond_wait(void *arg)
{
    mutex_lock(&mutex);
    cond_wait(&unsignalled, &mutex);
    return arg;
}

static void *
in_semaphore_wait(void *arg)
{
    semaphore_wait(&never);
    return arg;
}

static void *
in_semaphore_wait_until(void *arg)
{
    semaphore_wait_until(&never, in_ms(60000));
    return arg;
}

static void *
in_event_wait(void *arg)
{
    event_wait(&unset);
    return arg;
}

static void *
in_receive(void *arg)
{
    channel_receive(&empty, &byte);
    return arg;
}

static void *
in_send(void *arg)
{
    channel_send(&empty, &byte);
    return arg;
}

static void *
in_read(void *arg)
{
    thread_read(quiet[0], &byte, 1);
    return arg;
}

static void *
in_read_until(void *arg)
{
    thread_read_until(quiet[0], &byte, 1, in_ms(60000));
    return arg;
}

static void *
in_poll(void *arg)
{
    struct pollfd fd = {.fd = quiet[0], .events = POLLIN};
    thread_poll(&fd, 1, THREAD_FOREVER);
    return arg;
}

/* Cancel a thread that waits there, and see it end. */
static void
is_a_point(void *(*fn)(void *), enum thread_wait kind)
{
    thread_t thread = spawn(fn, NULL);
    await_blocked(thread, kind);
    cr_assert_eq(thread_cancel(thread), 0);
    cr_assert_eq(join(thread), THREAD_CANCELED);
}

Test(cancel, ends_a_sleep, .timeout = 10)
{
    is_a_point(in_sleep, THREAD_WAIT_SLEEP);
}

Test(cancel, ends_a_join_and_another_may_join, .timeout = 10)
{
    sleeper = spawn(in_sleep, NULL);
    is_a_point(in_join, THREAD_WAIT_JOIN);
    is_a_point(in_join, THREAD_WAIT_JOIN);
    thread_cancel(sleeper);
    cr_assert_eq(join(sleeper), THREAD_CANCELED);
}

static void *
wait_and_return(void *arg)
{
    semaphore_wait(&never);
    return arg;
}

Test(cancel, of_a_joiner_whose_thread_ends_at_that_moment, .timeout = 10)
{
    for (int i = 0; i < 50; i++) {
        sleeper = spawn(wait_and_return, NUMBER(5));
        await_blocked(sleeper, THREAD_WAIT_SEMAPHORE);
        thread_t joiner = spawn(in_join, NUMBER(6));
        await_blocked(joiner, THREAD_WAIT_JOIN);
        semaphore_post(&never);
        thread_cancel(joiner);
        if (join(joiner) == THREAD_CANCELED)
            cr_assert_eq(VALUE(join(sleeper)), 5, "another may join it");
        else
            cr_assert_eq(thread_join(sleeper, NULL), ESRCH, "it was joined");
    }
}

Test(cancel, ends_a_wait_on_a_semaphore, .timeout = 10)
{
    is_a_point(in_semaphore_wait, THREAD_WAIT_SEMAPHORE);
    is_a_point(in_semaphore_wait_until, THREAD_WAIT_SEMAPHORE);
    semaphore_post(&never);
    cr_assert_eq(semaphore_trywait(&never), 0, "nobody took it");
    cr_assert_eq(semaphore_destroy(&never), 0, "nobody is left there");
}

Test(cancel, ends_a_wait_for_an_event, .timeout = 10)
{
    is_a_point(in_event_wait, THREAD_WAIT_EVENT);
    cr_assert_eq(event_destroy(&unset), 0, "nobody is left there");
}

Test(cancel, ends_a_channel_call_that_waits, .timeout = 10)
{
    channel_init(&empty, 1, 0);
    is_a_point(in_receive, THREAD_WAIT_CHANNEL);
    is_a_point(in_send, THREAD_WAIT_CHANNEL);
    cr_assert_eq(channel_destroy(&empty), 0, "nobody is left there");
}

Test(cancel, ends_a_read_and_the_next_byte_stays, .timeout = 10)
{
    needs_suspending_io();
    cr_assert_eq(pipe(quiet), 0);
    is_a_point(in_read, THREAD_WAIT_IO);
    is_a_point(in_read_until, THREAD_WAIT_IO);
    is_a_point(in_poll, THREAD_WAIT_IO);
    cr_assert_eq(write(quiet[1], "x", 1), 1);
    cr_assert_eq(read(quiet[0], &byte, 1), 1, "nobody has read it");
    cr_assert_eq(byte, 'x');
}

/* ---- Clean-up ---- */

SHARED char order[8];

static void
note(void *letter)
{
    size_t length = strlen(order);
    if (length < sizeof order - 1)
        order[length] = *(const char *)letter;
}

static void
unlock(void *m)
{
    note(mutex_unlock(m) == 0 ? "u" : "!");
}

static void *
wait_with_cleanup(void *arg)
{
    struct thread_cleanup cleanup;
    mutex_lock(&mutex);
    thread_cleanup_push(&cleanup, unlock, &mutex);
    cond_wait(&unsignalled, &mutex);
    thread_cleanup_pop(true);
    return arg;
}

Test(cancel, a_cond_wait_has_its_mutex_when_the_handlers_run, .timeout = 10)
{
    is_a_point(wait_with_cleanup, THREAD_WAIT_COND);
    cr_assert_str_eq(order, "u");
    cr_assert_eq(mutex_trylock(&mutex), 0, "and it is free now");
    cr_assert_eq(cond_destroy(&unsignalled), 0, "nobody is left there");
}

Test(cancel, without_a_handler_the_mutex_of_a_cond_wait_stays_locked,
     .timeout = 10)
{
    is_a_point(in_cond_wait, THREAD_WAIT_COND);
    cr_assert_eq(mutex_trylock(&mutex), EBUSY);
}

static void *
three_handlers(void *leave)
{
    struct thread_cleanup a, b, c;
    thread_cleanup_push(&a, note, "a");
    thread_cleanup_push(&b, note, "b");
    thread_cleanup_push(&c, note, "c");
    thread_cleanup_pop(true);
    if (VALUE(leave) == 1)
        thread_exit(NULL);
    semaphore_wait(&never);
    return NULL;
}

Test(cancel, handlers_run_the_last_one_first, .timeout = 10)
{
    is_a_point(three_handlers, THREAD_WAIT_SEMAPHORE);
    cr_assert_str_eq(order, "cba");
}

Test(cancel, handlers_run_at_thread_exit_too, .timeout = 10)
{
    join(spawn(three_handlers, NUMBER(1)));
    cr_assert_str_eq(order, "cba");
}

static void *
push_and_pop(void *arg)
{
    struct thread_cleanup a, b;
    thread_cleanup_push(&a, note, "a");
    thread_cleanup_push(&b, note, "b");
    thread_cleanup_pop(false);
    thread_cleanup_pop(true);
    return arg;
}

Test(cancel, a_handler_is_popped_with_or_without_a_call, .timeout = 10)
{
    join(spawn(push_and_pop, NULL));
    cr_assert_str_eq(order, "a");
}

static thread_key_t key;

static void *
handler_and_value(void *arg)
{
    struct thread_cleanup cleanup;
    thread_cleanup_push(&cleanup, note, "h");
    thread_key_set(key, "v");
    semaphore_wait(&never);
    return arg;
}

Test(cancel, handlers_come_before_destructors, .timeout = 10)
{
    thread_key_create(&key, note);
    is_a_point(handler_and_value, THREAD_WAIT_SEMAPHORE);
    cr_assert_str_eq(order, "hv");
}

/* ---- When it is answered ---- */

static void (*point)(void); /* one that need not wait */

static void *
reach_it_later(void *arg)
{
    thread_cancel(thread_self());
    note("1"); /* nothing has happened */
    thread_yield();
    mutex_lock(&mutex);
    mutex_unlock(&mutex);
    note("2"); /* nor by calls that are none */
    point();
    note("3");
    return arg;
}

static void
take_a_semaphore(void)
{
    semaphore_post(&never);
    semaphore_wait(&never);
}

static void
sleep_no_time(void)
{
    thread_sleep(0);
}

static void
wait_for_set_event(void)
{
    event_set(&unset);
    event_wait(&unset);
}

static void
send_to_buffer(void)
{
    channel_init(&empty, 1, 1);
    channel_send(&empty, "x");
}

static void
write_to_pipe(void)
{
    if (pipe(quiet) == 0)
        thread_write(quiet[1], "x", 1);
}

Test(cancel, is_answered_at_the_next_point_though_it_need_not_wait,
     .timeout = 10)
{
    static void (*const points[])(void) = {
        thread_testcancel,  take_a_semaphore, sleep_no_time,
        wait_for_set_event, send_to_buffer,   write_to_pipe};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        memset(order, 0, sizeof order);
        point = points[i];
        cr_assert_eq(join(spawn(reach_it_later, NULL)), THREAD_CANCELED,
                     "point %zu", i);
        cr_assert_str_eq(order, "12", "point %zu", i);
    }
}

static void *
wait_for_mutex(void *arg)
{
    mutex_lock(&mutex);
    note("m");
    mutex_unlock(&mutex);
    thread_testcancel();
    return arg;
}

Test(cancel, does_not_end_the_wait_for_a_mutex, .timeout = 10)
{
    mutex_lock(&mutex);
    thread_t thread = spawn(wait_for_mutex, NULL);
    await_blocked(thread, THREAD_WAIT_MUTEX);
    thread_cancel(thread);
    thread_yield();
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    cr_assert_eq(info.state, THREAD_BLOCKED);
    mutex_unlock(&mutex);
    cr_assert_eq(join(thread), THREAD_CANCELED);
    cr_assert_str_eq(order, "m");
}

static void *
not_now(void *arg)
{
    bool was = thread_set_cancelable(false);
    semaphore_wait(&never);
    note(was ? "1" : "0");
    was = thread_set_cancelable(true);
    note(was ? "1" : "0");
    thread_testcancel();
    note("x");
    return arg;
}

Test(cancel, waits_until_it_is_allowed, .timeout = 10)
{
    thread_t thread = spawn(not_now, NULL);
    await_blocked(thread, THREAD_WAIT_SEMAPHORE);
    thread_cancel(thread);
    thread_yield();
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    cr_assert_eq(info.state, THREAD_BLOCKED);
    semaphore_post(&never);
    cr_assert_eq(join(thread), THREAD_CANCELED);
    cr_assert_str_eq(order, "10");
}

Test(cancel, before_a_thread_runs_ends_it_at_its_first_point, .timeout = 10)
{
    thread_t thread = spawn(in_semaphore_wait, NULL);
    cr_assert_eq(thread_cancel(thread), 0);
    cr_assert_eq(join(thread), THREAD_CANCELED);
}

static void *
return_7(void *arg)
{
    (void)arg;
    return NUMBER(7);
}

Test(cancel, does_not_change_what_is_done, .timeout = 10)
{
    thread_t thread = spawn(return_7, NULL);
    await_done(thread);
    cr_assert_eq(thread_cancel(thread), 0);
    cr_assert_eq(VALUE(join(thread)), 7);
}

Test(cancel, of_no_thread_gives_ESRCH, .timeout = 10)
{
    cr_assert_eq(thread_cancel(12345), ESRCH);
    cr_assert_eq(thread_cancel(0), ESRCH);
    thread_t gone = spawn(return_7, NULL);
    join(gone);
    cr_assert_eq(thread_cancel(gone), ESRCH);
}

Test(cancel, a_thousand_times_leaves_nobody_behind, .timeout = 30)
{
    channel_init(&empty, 1, 0);
    for (int i = 0; i < 250; i++) {
        thread_t threads[] = {
            spawn(in_sleep, NULL), spawn(in_semaphore_wait, NULL),
            spawn(in_receive, NULL), spawn(wait_with_cleanup, NULL)};
        for (int j = 0; j < i % 7; j++)
            thread_yield();
        for (int j = 0; j < 4; j++)
            thread_cancel(threads[j]);
        for (int j = 0; j < 4; j++)
            cr_assert_eq(join(threads[j]), THREAD_CANCELED);
        memset(order, 0, sizeof order);
    }
    cr_assert_eq(thread_list(NULL, 0), 1);
    cr_assert_eq(mutex_trylock(&mutex), 0);
}
