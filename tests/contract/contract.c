/* SPDX-License-Identifier: MIT */
/* contract.c - see contract.h. */
#include "contract.h"

thread_t
spawn(void *(*fn)(void *), void *arg)
{
    thread_t thread = 0;
    int error = thread_create(&thread, NULL, fn, arg);
    cr_assert_eq(error, 0, "thread_create: %s", strerror(error));
    return thread;
}

void *
join(thread_t thread)
{
    void *result = NULL;
    int error = thread_join(thread, &result);
    cr_assert_eq(error, 0, "thread_join: %s", strerror(error));
    return result;
}

void
await_blocked(thread_t thread, enum thread_wait kind)
{
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    while (info.wait != kind) {
        thread_yield();
        int error = thread_info(thread, &info);
        cr_assert_eq(error, 0, "thread_info: %s", strerror(error));
    }
    cr_assert_eq(info.state, THREAD_BLOCKED);
}

void
await_done(thread_t thread)
{
    struct thread_info info = {.state = THREAD_READY};
    while (info.state != THREAD_DONE) {
        thread_yield();
        int error = thread_info(thread, &info);
        cr_assert_eq(error, 0, "thread_info: %s", strerror(error));
    }
}

uint64_t
in_ms(unsigned ms)
{
    return thread_now() + (uint64_t)ms * MS;
}

void
needs_suspending_io(void)
{
    if (thread_model()->io_call_stalls)
        cr_skip_test("the %s engine stalls every thread",
                     thread_model()->io_engine);
}
