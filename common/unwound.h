/* SPDX-License-Identifier: MIT */
/*
 * unwound.h - telling AddressSanitizer that a kernel thread was cancelled.
 *
 * It marks the gaps between a function's locals as out of bounds, and takes the
 * marks back when the function returns. A wait that pthread_cancel ends never
 * returns: glibc jumps out of it, to the clean-up handler, and whoever uses
 * that part of the stack next stands accused. A jump of the program's own it
 * would notice.
 */
#ifndef COMMON_UNWOUND_H
#define COMMON_UNWOUND_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNWOUND_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UNWOUND_ASAN 1
#endif

#if defined(UNWOUND_ASAN)
#include <pthread.h>
#include <sanitizer/asan_interface.h>

/* To be called first in a clean-up handler: nothing below it is in use. */
static inline void
stack_was_unwound(void)
{
    char *here = __builtin_frame_address(0);
    pthread_attr_t attr;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return;
    if (pthread_attr_getstack(&attr, &low, &size) == 0)
        __asan_unpoison_memory_region(low, (size_t)(here - (char *)low));
    pthread_attr_destroy(&attr);
}
#else
static inline void
stack_was_unwound(void)
{
}
#endif

#endif
