/* SPDX-License-Identifier: MIT */
/*
 * fiber.h - telling the tools that stacks are switched.
 *
 * Sanitizers and valgrind watch every access to a stack, and take a stack
 * pointer that jumps for an error. Each has calls by which a program says what
 * it is doing: what they call a fiber is our thread. All of those calls are
 * here and nowhere else. In a plain build every function is empty; valgrind's
 * are a few instructions that do nothing unless it watches.
 *
 *      AddressSanitizer   keeps a second, fake stack for each fiber
 *      ThreadSanitizer    keeps a history of accesses for each fiber
 *      valgrind           wants to know where stacks lie
 *
 * ThreadSanitizer finds races: two accesses, one of them a write, that nothing
 * puts in order. That our threads take turns on one kernel thread puts nothing
 * in order, for the turns could have been others. What does are the calls that
 * synchronise, and they say so: what a thread did before order_release(object)
 * comes before what another does after order_acquire(object). For that build
 * our own code is compiled without instrumentation: it is the scheduler, and
 * its accesses are in order because it is never interrupted.
 */
#ifndef UTHREADS_FIBER_H
#define UTHREADS_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#endif

#if defined(FIBER_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if defined(FIBER_TSAN) /* the build says so: SANITIZE=thread */
#include <sanitizer/tsan_interface.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define FIBER_VALGRIND 1
#endif

/* Does valgrind watch us? To ask takes as long as to tell it of a stack. */
static inline bool
valgrind_watches(void)
{
#if defined(FIBER_VALGRIND)
    static enum { NOT_ASKED, YES, NO } answer;
    if (__builtin_expect(answer == NOT_ASKED, 0))
        answer = RUNNING_ON_VALGRIND ? YES : NO;
    return answer == YES;
#else
    return false;
#endif
}

/* What the tools keep of one thread. */
struct fiber {
#if defined(FIBER_ASAN)
    void *fake_stack;
    const void *low;
    size_t size;
#endif
#if defined(FIBER_TSAN)
    void *history;
#endif
#if defined(FIBER_VALGRIND)
    unsigned valgrind_id;
#endif
    char unused; /* a struct is not allowed to be empty */
};

/* A thread is made that will run on this stack. */
static inline void
fiber_make(struct fiber *f, void *low, size_t size)
{
#if defined(FIBER_ASAN)
    f->low = low;
    f->size = size;
    f->fake_stack = NULL;
    __lsan_register_root_region(low, size);
#endif
#if defined(FIBER_TSAN)
    f->history = __tsan_create_fiber(0);
#endif
#if defined(FIBER_VALGRIND)
    if (valgrind_watches())
        f->valgrind_id = VALGRIND_STACK_REGISTER(low, (char *)low + size);
#endif
    (void)f, (void)low, (void)size;
}

/* The thread that is running becomes thread 1: its stack is the kernel's. */
static inline void
fiber_adopt(struct fiber *f, void *low, size_t size)
{
#if defined(FIBER_ASAN)
    f->low = low;
    f->size = size;
#endif
#if defined(FIBER_TSAN)
    f->history = __tsan_get_current_fiber();
#endif
    (void)f, (void)low, (void)size;
}

/* A thread that was made is freed; it is not running. */
static inline void
fiber_free(struct fiber *f)
{
#if defined(FIBER_ASAN)
    __lsan_unregister_root_region(f->low, f->size);
    __asan_unpoison_memory_region(f->low, f->size); /* frames it never left */
#endif
#if defined(FIBER_TSAN)
    __tsan_destroy_fiber(f->history);
#endif
#if defined(FIBER_VALGRIND)
    if (valgrind_watches())
        VALGRIND_STACK_DEREGISTER(f->valgrind_id);
#endif
    (void)f;
}

/* The very next thing is the switch from one to the other. */
static inline void
fiber_leave(struct fiber *from, struct fiber *to, bool for_good)
{
#if defined(FIBER_ASAN)
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->low,
                                   to->size);
#endif
#if defined(FIBER_TSAN)
    __tsan_switch_to_fiber(to->history, __tsan_switch_to_fiber_no_sync);
#endif
    (void)from, (void)to, (void)for_good;
}

/* First thing after a switch: this thread goes on, or begins. */
static inline void
fiber_arrive(struct fiber *self)
{
#if defined(FIBER_ASAN)
    __sanitizer_finish_switch_fiber(self->fake_stack, NULL, NULL);
#endif
    (void)self;
}

/* What this thread has done until now comes before what others do after they
 * have acquired the same object. */
static inline void
order_release(const void *object)
{
#if defined(FIBER_TSAN)
    __tsan_release((void *)(uintptr_t)object);
#endif
    (void)object;
}

static inline void
order_acquire(const void *object)
{
#if defined(FIBER_TSAN)
    __tsan_acquire((void *)(uintptr_t)object);
#endif
    (void)object;
}

#endif
