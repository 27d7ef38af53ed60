/* SPDX-License-Identifier: MIT */
/*
 * contract.c - see contract.h.
 *
 * All that is SHARED lies in one section of the program. Before main runs, its
 * pages are mapped once more as shared ones, with what was in them; a process
 * that is forked then has them in common with its parent. Only whole pages can
 * be shared: the section begins with one, and ends with one (last.c).
 */
#include "contract.h"

#include "last.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern char __start_shared_state[], __stop_shared_state[];

static void __attribute__((constructor)) share_what_is_shared(void)
{
    static _Alignas(PAGE_MOST)
        __attribute__((section("shared_state"), used)) char first[1];
    size_t size = (size_t)(__stop_shared_state - __start_shared_state);
    char *kept = malloc(size);
    if (!kept || last + PAGE_MOST != __stop_shared_state)
        abort();
    memcpy(kept, __start_shared_state, size);
    if (mmap(__start_shared_state, size, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        abort();
    memcpy(__start_shared_state, kept, size);
    free(kept);
}

void *
pass(void *arg)
{
    return arg;
}

void *
pass_when_told(void *semaphore)
{
    semaphore_wait(semaphore);
    return semaphore;
}

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
needs_one_process(void)
{
    if (!thread_model()->shares_memory)
        cr_skip_test("each thread has descriptors of its own");
}

void
leave_to_another(int fd)
{
    if (!thread_model()->shares_memory)
        close(fd);
}

void
needs_suspending_io(void)
{
    if (thread_model()->io_call_stalls)
        cr_skip_test("the %s engine stalls every thread",
                     thread_model()->io_engine);
}
