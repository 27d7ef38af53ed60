/* SPDX-License-Identifier: MIT */
/*
 * circle.h - who waits for whom, and does it lead back?
 *
 * A deadlock is a circle of threads in which each waits for what the next one
 * holds. The library can be asked what each thread waits for (thread_list),
 * so a circle is found by following the answers, not by waiting to see whether
 * anything still happens.
 */
#ifndef DEMO_CIRCLE_H
#define DEMO_CIRCLE_H

#include "thread.h"

/* How many threads the largest circle of waiting threads has; 0: there is
 * none. */
int circle_size(void);

/* Look again and again until there is a circle of this size, or the deadline
 * has passed. Lets other threads run. Returns the size of the last look. */
int circle_await(int size, uint64_t deadline);

#endif
