/* SPDX-License-Identifier: MIT */
/*
 * sync.h - the contract: mutual exclusion and waiting for one another.
 *
 * The objects are plain structs to embed wherever they are needed. All zero
 * bytes is a valid initial state, so a static object needs no initialiser.
 * One object file serves every model, so size, alignment and the fields that
 * may start out non-zero (kind, count) are part of the contract; what is in
 * `model` is private to the model that the program is linked with.
 *
 * Fairness. User-level threads: first come, first served, and the object is
 * handed to the longest waiter, so nobody overtakes it. Kernel threads: the
 * order is the kernel's and glibc's; a running thread may overtake a sleeping
 * one. POSIX promises neither.
 *
 * Do not copy an object, and do not move one while a thread uses it.
 */
#ifndef THREADBARE_SYNC_H
#define THREADBARE_SYNC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* ---- Mutex ---- */

enum mutex_kind {
    MUTEX_NORMAL,    /* locking it twice blocks for ever, as POSIX has it */
    MUTEX_RECURSIVE, /* the holder may lock again, and unlocks as often */
    MUTEX_ERRORCHECK /* locking it twice gives EDEADLK */
};

struct mutex {
    int kind; /* enum mutex_kind */
    int reserved;
    void *model[7];
};

/* clang-format off */
#define MUTEX_INITIALIZER            {MUTEX_NORMAL, 0, {0}}
#define MUTEX_RECURSIVE_INITIALIZER  {MUTEX_RECURSIVE, 0, {0}}
#define MUTEX_ERRORCHECK_INITIALIZER {MUTEX_ERRORCHECK, 0, {0}}
/* clang-format on */

/* Make a mutex at run time. EINVAL: no such kind. Never switches. */
int mutex_init(struct mutex *m, enum mutex_kind kind);

/* End its use; its memory may then be freed. EBUSY: it is locked. */
int mutex_destroy(struct mutex *m);

/*
 * Lock: wait until the mutex is free (until deadline at the latest) and hold
 * it. May switch.
 *   EDEADLK    error-checking: the caller holds it already
 *   EAGAIN     recursive: locked too many times
 *   ETIMEDOUT  the deadline passed first; the mutex is not held
 */
int mutex_lock(struct mutex *m);
int mutex_lock_until(struct mutex *m, uint64_t deadline);

/* Lock if that needs no waiting. Never switches. EBUSY: somebody holds it
 * (for a normal or error-checking mutex: the caller too). */
int mutex_trylock(struct mutex *m);

/* Unlock. The longest waiter becomes ready; the caller goes on running.
 * EPERM: the caller does not hold it (whatever its kind). */
int mutex_unlock(struct mutex *m);

/* ---- Condition variable ---- */

struct cond {
    void *model[8];
};

/* clang-format off */
#define COND_INITIALIZER {{0}}
/* clang-format on */

int cond_init(struct cond *c);

/* End its use. EBUSY: threads wait on it. */
int cond_destroy(struct cond *c);

/*
 * Release m and wait for a signal in one step, then lock m again; so a signal
 * sent after m was released is never lost. A wake-up says "look again", not
 * "it is true": wait in a while loop. May switch.
 *   EPERM      the caller does not hold m, or holds a recursive one twice
 *   ETIMEDOUT  the deadline passed first; m is held again all the same
 */
int cond_wait(struct cond *c, struct mutex *m);
int cond_wait_until(struct cond *c, struct mutex *m, uint64_t deadline);

/* Wake the longest waiter, or all of them; nothing happens if nobody waits.
 * The caller goes on running. */
int cond_signal(struct cond *c);
int cond_broadcast(struct cond *c);

/* ---- Semaphore ---- */

struct semaphore {
    unsigned count; /* its initial value; afterwards the model's */
    unsigned reserved;
    void *model[13];
};

/* clang-format off */
#define SEMAPHORE_INITIALIZER(value) {(value), 0, {0}}
/* clang-format on */
#define SEMAPHORE_MAX 0x7fffffffu

/* Make a semaphore at run time. EINVAL: count is above SEMAPHORE_MAX. */
int semaphore_init(struct semaphore *s, unsigned count);

/* End its use. EBUSY: threads wait on it. */
int semaphore_destroy(struct semaphore *s);

/* Wait until the value is above 0 (until deadline at the latest) and take one
 * from it. May switch. ETIMEDOUT: the deadline passed; nothing was taken. */
int semaphore_wait(struct semaphore *s);
int semaphore_wait_until(struct semaphore *s, uint64_t deadline);

/* Take one if that needs no waiting. EAGAIN: the value is 0. */
int semaphore_trywait(struct semaphore *s);

/* Add one, or hand it to the longest waiter. The caller goes on running.
 * EOVERFLOW: the value is SEMAPHORE_MAX. */
int semaphore_post(struct semaphore *s);

/* The value now; 0 while threads wait. */
unsigned semaphore_value(struct semaphore *s);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
