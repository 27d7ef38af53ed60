/* SPDX-License-Identifier: MIT */
/*
 * time.h - deadlines: blocking that ends by itself.
 */
#ifndef UTHREADS_TIME_H
#define UTHREADS_TIME_H

#include "sched.h"

/*
 * Block as sched_block does, until somebody wakes the thread or the deadline
 * passes, whichever comes first. Returns 0 if it was woken, else ETIMEDOUT; it
 * is then off the queue it waited in. THREAD_FOREVER: no deadline.
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
