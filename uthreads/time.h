/* SPDX-License-Identifier: MIT */
/*
 * time.h - deadlines: blocking that ends by itself.
 */
#ifndef UTHREADS_TIME_H
#define UTHREADS_TIME_H

#include "sched.h"

/*
 * Block as sched_block does, until somebody wakes the thread, the deadline
 * passes (THREAD_FOREVER: it never does), or, if the wait is cancellable,
 * somebody cancels the thread. Returns 0 if what it waited for has come, else
 * ETIMEDOUT or ECANCELED; it is then off the queue it waited in. A caller that
 * gets ECANCELED puts its things in order and calls cancel_now.
 */
int time_block(const struct wait *wait, uint64_t deadline);

/* Make room in the heap for one thread more, so that blocking never needs
 * memory. Returns 0 or ENOMEM. */
int time_reserve(size_t threads);

/* The earliest deadline anybody waits for, or THREAD_FOREVER. */
uint64_t time_earliest(void);

/* Wake every thread whose deadline has passed. */
void time_expire(void);

#endif
