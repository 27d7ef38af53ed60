/* SPDX-License-Identifier: MIT */
/* cancel.h - ending a thread at its next cancellation point. */
#ifndef UTHREADS_CANCEL_H
#define UTHREADS_CANCEL_H

#include "sched.h"

/* A wait has ended with ECANCELED, and everything is in order again: end the
 * calling thread. Never returns. */
void cancel_now(void) __attribute__((noreturn));

/* What thread_testcancel does. */
static inline void
cancel_point(void)
{
    const struct uthread *t = sched_self()->current;
    if (__builtin_expect(t->cancel_asked, 0) && !t->cancel_off)
        cancel_now();
}

/* Call the clean-up handlers that are still pushed, the last one first. */
void cancel_run_handlers(struct uthread *t);

#endif
