/* SPDX-License-Identifier: MIT */
/*
 * time.h - deadlines: blocking that ends by itself.
 */
#ifndef UTHREADS_TIME_H
#define UTHREADS_TIME_H

#include "sched.h"

#include <errno.h>

/* Put a thread into the heap of deadlines, and take it out before its time. */
void time_insert(struct uthread *t, uint64_t deadline);
void time_take_out(struct uthread *t);

/*
 * Block as sched_block does, until somebody wakes the thread, the deadline
 * passes (THREAD_FOREVER: it never does), or, if the wait is cancellable,
 * somebody cancels the thread. Returns 0 if what it waited for has come, else
 * ETIMEDOUT or ECANCELED; it is then off the queue it waited in. A caller that
 * gets ECANCELED puts its things in order and calls cancel_now. A wait for I/O
 * also ends with EBADF: the descriptor is about to be closed.
 */
static inline int
time_block(const struct wait *wait, uint64_t deadline)
{
    struct uthread *t = sched_self()->current;
    if (wait->cancellable && t->cancel_asked && !t->cancel_off)
        return ECANCELED;
    t->wait_error = 0;
    if (deadline != THREAD_FOREVER)
        time_insert(t, deadline);
    /* Of the public call of which this function has become part. */
    the_sched.last_caller = __builtin_return_address(0);
    sched_block(wait);
    if (t->timer) /* woken before its time */
        time_take_out(t);
    return t->wait_error;
}

/* Make room in the heap for one thread more, so that blocking never needs
 * memory. Returns 0 or ENOMEM. */
int time_reserve(size_t threads);

/* The earliest deadline anybody waits for, or THREAD_FOREVER. */
uint64_t time_earliest(void);

/* Wake every thread whose deadline has passed. */
void time_expire(void);

#endif
