/* SPDX-License-Identifier: MIT */
/* io_blocking.c - other people's blocking calls: thread_blocking of io.h. */
#include "descriptors.h"

#include <time.h>

/* Reads from a pipe with read(2), which no engine sees. */
static void *
raw_read(void *out)
{
    char byte = 0;
    ssize_t n = read((int)VALUE(out), &byte, 1);
    errno = ERANGE;
    return NUMBER(n == 1 ? byte : 0);
}

static void *
read_apart(void *out)
{
    return thread_blocking(raw_read, out);
}

static void *
fail(void *arg)
{
    errno = EDOM;
    return arg;
}

static void *
leave_errno(void *arg)
{
    return arg;
}

Test(blocking, gives_what_the_function_returns, .timeout = 10)
{
    cr_assert_eq(thread_blocking(leave_errno, NUMBER(42)), NUMBER(42));
    cr_assert_eq(thread_blocking(leave_errno, NUMBER(-1)), NUMBER(-1));
}

Test(blocking, carries_errno_there_and_back, .timeout = 10)
{
    thread_yield(); /* the first call of all starts the library */
    errno = ERANGE;
    thread_blocking(leave_errno, NULL);
    cr_assert_eq(errno, ERANGE);
    thread_blocking(fail, NULL);
    cr_assert_eq(errno, EDOM);
}

Test(blocking, stops_the_caller_and_nobody_else, .timeout = 10)
{
    struct pipe p = open_pipe();
    thread_t reader = spawn(read_apart, NUMBER(p.out));
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(write(p.in, "x", 1), 1); /* we could, so we were not stopped */
    cr_assert_eq(VALUE(join(reader)), 'x');
}

Test(blocking, many_wait_at_once, .timeout = 20)
{
    enum { COUNT = 40 };
    static struct pipe p[COUNT];
    static thread_t readers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        p[i] = open_pipe();
        readers[i] = spawn(read_apart, NUMBER(p[i].out));
    }
    for (int i = COUNT - 1; i >= 0; i--) { /* the first one waits longest */
        char byte = (char)('0' + i);
        cr_assert_eq(write(p[i].in, &byte, 1), 1);
        cr_assert_eq(VALUE(join(readers[i])), (uintptr_t)byte);
    }
}

static void *
count_up(void *counter)
{
    (*(int *)counter)++;
    return NULL;
}

static void *
a_thousand_times(void *counter)
{
    for (int i = 0; i < 1000; i++)
        thread_blocking(count_up, counter);
    return NULL;
}

Test(blocking, works_again_and_again, .timeout = 60)
{
    SHARED int counters[2];
    thread_t a = spawn(a_thousand_times, &counters[0]);
    thread_t b = spawn(a_thousand_times, &counters[1]);
    join(a);
    join(b);
    cr_assert_eq(counters[0], 1000);
    cr_assert_eq(counters[1], 1000);
}

Test(blocking, until_a_deadline_that_has_passed_calls_nothing, .timeout = 10)
{
    int counter = 0;
    void *result = NUMBER(7);
    cr_assert_eq(thread_blocking_until(count_up, &counter, 1, &result),
                 ETIMEDOUT);
    cr_assert_eq(counter, 0);
    cr_assert_eq(result, NUMBER(7));
}

/* Returns 10 ms after the deadline at *arg. */
static void *
outlast(void *arg)
{
    uint64_t until = *(const uint64_t *)arg + 10 * MS;
    struct timespec at = {(time_t)(until / (1000 * MS)),
                          (long)(until % (1000 * MS))};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    return arg;
}

Test(blocking, that_has_begun_outlasts_its_deadline, .timeout = 20)
{
    void *result = NULL;
    uint64_t deadline = 0;
    int error = ETIMEDOUT; /* it may take a busy machine long to begin */
    for (unsigned ms = 20; error == ETIMEDOUT && ms < 5000; ms *= 2) {
        deadline = in_ms(ms);
        error = thread_blocking_until(outlast, &deadline, deadline, &result);
    }
    cr_assert_eq(error, 0);
    cr_assert_eq(result, &deadline);
    cr_assert_gt(thread_now(), deadline);
}

/* Says that it has begun, and reads. */
struct announced {
    struct pipe begun, bytes;
    bool went_on;
};

static void *
announce_and_read(void *arg)
{
    const struct announced *a = arg;
    return write(a->begun.in, "b", 1) == 1 ? raw_read(NUMBER(a->bytes.out))
                                           : NULL;
}

static void *
read_announced_and_go_on(void *arg)
{
    struct announced *a = arg;
    thread_blocking(announce_and_read, a);
    a->went_on = true;
    thread_testcancel();
    return NULL;
}

Test(blocking, that_has_begun_is_waited_for_by_a_cancelled_thread,
     .timeout = 10)
{
    char byte;
    SHARED struct announced a;
    a = (struct announced){open_pipe(), open_pipe(), false};
    thread_t reader = spawn(read_announced_and_go_on, &a);
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(read(a.begun.out, &byte, 1), 1);
    cr_assert_eq(thread_cancel(reader), 0);
    cr_assert_eq(write(a.bytes.in, "x", 1), 1);
    cr_assert_eq(join(reader), THREAD_CANCELED);
    cr_assert(a.went_on, "the call was waited for");
}

static void *
call_cancelled(void *counter)
{
    thread_cancel(thread_self());
    thread_blocking(count_up, counter);
    return NULL;
}

Test(blocking, is_a_cancellation_point, .timeout = 10)
{
    int counter = 0;
    cr_assert_eq(join(spawn(call_cancelled, &counter)), THREAD_CANCELED);
    cr_assert_eq(counter, 0);
}

Test(blocking, is_no_deadlock_for_those_who_join, .timeout = 10)
{
    struct pipe p = open_pipe();
    thread_t reader = spawn(read_apart, NUMBER(p.out));
    byte_from_outside_in_30_ms(p.in);
    cr_assert_neq(VALUE(join(reader)), 0); /* all of us wait */
}
