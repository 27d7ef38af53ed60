/* SPDX-License-Identifier: MIT */
/*
 * contract.h - what the tests of the contract share.
 *
 * One source for every thread model: a test here may rely on what the public
 * headers promise and on nothing else. Three habits keep it honest:
 *
 *   - Criterion's assertions longjmp, so they are made on the main thread only
 *     (it is thread 1 of the contract); the other threads return results.
 *   - A test waits for events, never for time: await_blocked looks until the
 *     thread that is meant to wait really waits. A thread that never does is
 *     caught by the test's timeout.
 *   - What is promised of one model only is tested in that model's room.
 *   - Threads may share no memory but what is made to be shared. So what they
 *     do together is SHARED, even where one stack would do for user-level ones.
 */
#ifndef TESTS_CONTRACT_H
#define TESTS_CONTRACT_H

#include "io.h"
#include "sync.h"
#include "thread.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/*
 * State that more than one thread of a test looks at: static, and shared also
 * where a thread is a process (see contract.c). A test runs in a process of its
 * own, so it finds every object as it was initialised.
 */
#define SHARED static __attribute__((section("shared_state")))

#define MS     1000000u /* nanoseconds */

/* Numbers travel as the pointers that threads take and return. */
#define NUMBER(n)  ((void *)(uintptr_t)(n))
#define VALUE(ptr) ((uintptr_t)(ptr))

/* Functions of threads that pass their argument on: it is their result. The
 * second waits before, for a semaphore that it is given. */
void *pass(void *arg);
void *pass_when_told(void *semaphore);

/* Create a thread that must not fail; the caller is main. */
thread_t spawn(void *(*fn)(void *), void *arg);

/* Join a thread that must be there, and return its result. */
void *join(thread_t thread);

/* Let other threads run until this one waits for such a thing, or is done. */
void await_blocked(thread_t thread, enum thread_wait kind);
void await_done(thread_t thread);

/* A moment that many ms from now. */
uint64_t in_ms(unsigned ms);

/* Skip a test in which a thread has to see that another has closed a
 * descriptor: each process has descriptors of its own. */
void needs_one_process(void);

/* Another thread will close this descriptor. Where it has one of its own, close
 * ours. */
void leave_to_another(int fd);

/* Skip a test in which another thread must run while one waits in a call of
 * io.h: some engines stall the whole process there, and say so. */
void needs_suspending_io(void);

#endif
