/* SPDX-License-Identifier: MIT */
/*
 * locks.h - four things of the contract that can be used as a lock.
 *
 * A mutex is one. A semaphore of 1, a reader-writer lock that everybody takes
 * to write, and a condition variable with a flag do as well, and each lets in
 * one at a time.
 */
#ifndef DEMO_LOCKS_H
#define DEMO_LOCKS_H

#include "demo.h"

struct lock {
    const char *name;
    void (*lock)(void), (*unlock)(void);
};

enum { LOCKS = 4 };
extern const struct lock locks[LOCKS];
extern const struct lock no_lock; /* lets in everybody */

/* Make them, free, where all threads see them. */
void locks_open(struct demo_run *d);

#endif
