/* SPDX-License-Identifier: MIT */
/*
 * helpers.c - helper kernel threads: how many there are, when they end, and
 * which jobs can be taken back.
 */
#include "helpers.h"

#include "io.h"
#include "io_help.h"
#include "sched.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int gate[2]; /* whoever reads from it waits until we write */

static void
open_gate(size_t helpers_at_most)
{
    thread_self();
    cr_assert_eq(pipe(gate), 0);
    the_sched.helpers.limit = helpers_at_most;
}

static void
let_through(size_t readers)
{
    for (size_t i = 0; i < readers; i++)
        cr_assert_eq(write(gate[1], "x", 1), 1);
}

static void *
pass_gate(void *arg)
{
    char byte;
    return read(gate[0], &byte, 1) == 1 ? arg : NULL;
}

static void *
pass_gate_apart(void *arg)
{
    return thread_blocking(pass_gate, arg);
}

static size_t
helpers_that_live(void)
{
    struct helpers *h = &the_sched.helpers;
    pthread_mutex_lock(&h->lock);
    size_t count = h->count;
    pthread_mutex_unlock(&h->lock);
    return count;
}

/* Every helper has a job that waits at the gate. */
static void
until_all_are_busy(size_t helpers)
{
    struct helpers *h = &the_sched.helpers;
    size_t busy = 0;
    while (busy < helpers) {
        thread_yield();
        pthread_mutex_lock(&h->lock);
        busy = h->count - h->idle;
        pthread_mutex_unlock(&h->lock);
    }
}

Test(helpers, there_are_none_without_a_job, .timeout = 10)
{
    thread_self();
    cr_assert_eq(helpers_that_live(), 0);
    cr_assert_eq(the_sched.helpers.bell, -1);
}

Test(helpers, there_are_no_more_than_the_limit, .timeout = 10)
{
    thread_t threads[5];
    open_gate(2);
    for (int i = 0; i < 5; i++)
        thread_create(&threads[i], NULL, pass_gate_apart, gate);
    until_all_are_busy(2);
    thread_yield();
    cr_assert_eq(helpers_that_live(), 2);
    cr_assert_eq(io_pending(), 5);
    let_through(5);
    for (int i = 0; i < 5; i++) {
        void *result = NULL;
        thread_join(threads[i], &result);
        cr_assert_eq(result, gate);
    }
    cr_assert_eq(io_pending(), 0);
}

static uint32_t word;

static void *
wait_for_word(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)(thread_futex_wait(&word, 0) == 0);
}

static long
wake(int most)
{
    return syscall(SYS_futex, &word, FUTEX_WAKE, most, NULL, NULL, 0);
}

/* On epoll, where helpers wait for words: many more than there may be. By an
 * alarm, for Criterion's own clock can stop with the last of two workers. */
Test(helpers, endless_waits_take_none_away_from_the_rest)
{
    enum { WAITERS = 100 };
    thread_t threads[WAITERS];
    alarm(20);
    setenv("UTHREADS_IO", "epoll", 1);
    open_gate(2);
    for (int i = 0; i < WAITERS; i++)
        cr_assert_eq(thread_create(&threads[i], NULL, wait_for_word, NULL), 0);
    until_all_are_busy(WAITERS);
    let_through(1);
    cr_assert_eq(thread_blocking(pass_gate, gate), gate);
    for (long woken = 0; woken < WAITERS; woken += wake(1))
        thread_yield();
    for (int i = 0; i < WAITERS; i++) {
        void *was_woken = NULL;
        thread_join(threads[i], &was_woken);
        cr_assert(was_woken);
    }
    cr_assert_eq(the_sched.helpers.endless, 0);
    cr_assert_leq(helpers_that_live(), WAITERS + 2);
}

Test(helpers, one_that_is_idle_is_used_again, .timeout = 10)
{
    open_gate(8);
    for (int i = 0; i < 100; i++) {
        let_through(1);
        cr_assert_eq(thread_blocking(pass_gate, gate), gate);
    }
    cr_assert_leq(helpers_that_live(), 2, "one may not be back at the queue");
}

Test(helpers, end_when_they_have_had_nothing_to_do, .timeout = 20)
{
    open_gate(8);
    the_sched.helpers.rest = 10;
    let_through(1);
    thread_blocking(pass_gate, gate);
    while (helpers_that_live() > 0)
        sched_yield();
    let_through(1);
    cr_assert_eq(thread_blocking(pass_gate, gate), gate, "there is a new one");
}

static void *
pass_gate_in_vain(void *unused)
{
    void *result = NULL;
    uint64_t deadline = thread_now() + 10000000;
    int error = thread_blocking_until(pass_gate, unused, deadline, &result);
    return (void *)(uintptr_t)error;
}

Test(helpers, a_job_that_has_not_begun_gives_up_at_its_deadline, .timeout = 10)
{
    thread_t first, second;
    void *result = NULL;
    open_gate(1);
    thread_create(&first, NULL, pass_gate_apart, gate);
    until_all_are_busy(1);
    thread_create(&second, NULL, pass_gate_in_vain, NULL);
    thread_join(second, &result);
    cr_assert_eq((uintptr_t)result, ETIMEDOUT);
    let_through(2);
    thread_join(first, NULL);
    char byte;
    cr_assert_eq(read(gate[0], &byte, 1), 1, "the second never came");
}

Test(helpers, a_job_that_has_not_begun_is_taken_back_from_a_cancelled_thread,
     .timeout = 10)
{
    thread_t first, second;
    void *result = NULL;
    open_gate(1);
    thread_create(&first, NULL, pass_gate_apart, gate);
    until_all_are_busy(1);
    thread_create(&second, NULL, pass_gate_apart, NULL);
    while (io_pending() < 2)
        thread_yield();
    cr_assert_eq(thread_cancel(second), 0);
    thread_join(second, &result);
    cr_assert_eq(result, THREAD_CANCELED);
    cr_assert_eq(io_pending(), 1);
    let_through(1);
    thread_join(first, NULL);
}

/* ---- System calls, which can be broken off ---- */

static struct io_op op;
static char byte;

static void
begin_read(void)
{
    op = (struct io_op){
        .call = IO_READ, .fd = gate[0], .buf = &byte, .count = 1};
    op.offset = IO_AT_POSITION;
    io_help(&op);
}

static void
until_done(void)
{
    while (!op.done) {
        thread_yield();
        io_hear();
    }
}

Test(helpers, a_system_call_is_broken_off, .timeout = 10)
{
    open_gate(1);
    for (int i = 0; i < 100; i++) {
        begin_read();
        if (i % 2)
            until_all_are_busy(1);
        io_help_cancel(&op);
        until_done();
        cr_assert_eq(op.result, -ECANCELED);
    }
    let_through(1);
    begin_read();
    until_done();
    cr_assert_eq(op.result, 1, "and nobody has taken the byte");
}

static atomic_bool begun, broken_off, came_through;

/* As if the system call had just returned when the cancellation came. */
static void
run_deaf(struct helper_job *job)
{
    (void)job;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    atomic_store(&begun, true);
    while (!atomic_load(&broken_off))
        sched_yield();
}

static void
note_end(struct helper_job *job)
{
    atomic_store(&came_through, !job->broken_off);
    begun = false;
}

Test(helpers, breaking_off_too_late_harms_nobody, .timeout = 10)
{
    struct helper_job deaf = {
        .run = run_deaf, .ended = note_end, .can_be_broken_off = true};
    open_gate(1);
    let_through(1);
    cr_assert_eq(helpers_give(&the_sched.helpers, &deaf), 0);
    while (!atomic_load(&begun))
        sched_yield();
    begin_read(); /* the next in the queue */
    helpers_break_off(&the_sched.helpers, &deaf);
    atomic_store(&broken_off, true);
    until_done();
    cr_assert(came_through);
    cr_assert_eq(op.result, 1, "the next has its own helper");
}

Test(helpers, run_none_of_the_programs_signal_handlers, .timeout = 10)
{
    open_gate(1);
    begin_read();
    until_all_are_busy(1);
    struct helper_job *job = op.helper; /* its first field */
    pthread_kill(job->helper, SIGUSR1); /* deadly where it is not blocked */
    let_through(1);
    until_done();
    cr_assert_eq(op.result, 1);
}

Test(helpers, where_none_can_be_had_the_job_is_done_on_the_spot, .timeout = 10)
{
    struct rlimit before, none;
    open_gate(1);
    let_through(1);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0); /* not even a bell */
    cr_expect_eq(thread_blocking(pass_gate, gate), gate);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_eq(helpers_that_live(), 0);
}
