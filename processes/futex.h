/* SPDX-License-Identifier: MIT */
/*
 * futex.h - waiting for a word of memory to change: the whole of what one
 * process needs from the kernel to wait for another.
 *
 * futex(2) puts a process to sleep if a word still has the value it saw, and
 * wakes whoever sleeps on a word. Which word that is the kernel decides by the
 * page it lies on, not by its address: processes that share the page meet, and
 * processes that have a copy each never do. That is all the difference between
 * a lock in shared memory and one that is not, and nothing here looks for it.
 *
 * Two things are built on it, each a word, each valid as all zero bytes. A
 * pthread mutex can be shared too, if it is told so when it is made; an object
 * of all zero bytes has not been told.
 */
#ifndef PROCESSES_FUTEX_H
#define PROCESSES_FUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Sleep while *word is value, until the deadline. 0: woken, or it was not;
 * else ETIMEDOUT. A signal does not end the sleep. */
int futex_wait(atomic_uint *word, unsigned value, uint64_t deadline);

/* Wake at most so many of those who sleep on the word. */
void futex_wake(atomic_uint *word, unsigned count);

/* ---- A lock ---- */

/* After Drepper, "Futexes Are Tricky" (2004): only who finds it taken, or gives
 * it back while it is waited for, enters the kernel. */
struct lock {
    atomic_uint state; /* 0: free, 1: taken, 2: taken, and waited for */
};

bool lock_try(struct lock *lock);
void lock_take(struct lock *lock);
int lock_take_until(struct lock *lock, uint64_t deadline); /* or ETIMEDOUT */
void lock_release(struct lock *lock);

/* ---- A bell ---- */

/* What a condition variable is made of. It counts how often it was rung, and
 * who listens sleeps until the count is another than before the lock was
 * released: so no ring is missed in between. A wake-up says "look again". */
struct bell {
    atomic_uint rings;
};

/* Release the lock and sleep until the bell is rung, then take the lock again.
 * 0 or ETIMEDOUT. */
int bell_wait(struct bell *bell, struct lock *lock, uint64_t deadline);

/* Wake one of those who listen, or all of them. */
void bell_ring(struct bell *bell);
void bell_ring_all(struct bell *bell);

#endif
