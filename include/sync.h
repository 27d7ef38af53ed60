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

#include <stdbool.h>
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

/* ---- Reader-writer lock ---- */

struct rwlock {
    void *model[16];
};

/* clang-format off */
#define RWLOCK_INITIALIZER {{0}}
/* clang-format on */

int rwlock_init(struct rwlock *l);

/* End its use. EBUSY: it is locked. */
int rwlock_destroy(struct rwlock *l);

/*
 * Lock to read, together with other readers, or to write, alone. Neither side
 * starves: in every model the lock is handed over first come, first served,
 * and a reader does not overtake a waiting writer. So a reader that locks again
 * while a writer waits blocks for ever. May switch.
 *   EDEADLK    the caller holds it to write
 *   EAGAIN     too many readers
 *   ETIMEDOUT  the deadline passed first; the lock is not held
 */
int rwlock_rdlock(struct rwlock *l);
int rwlock_rdlock_until(struct rwlock *l, uint64_t deadline);
int rwlock_wrlock(struct rwlock *l);
int rwlock_wrlock_until(struct rwlock *l, uint64_t deadline);

/* Lock if that needs no waiting. EBUSY: it does. Never switches. */
int rwlock_tryrdlock(struct rwlock *l);
int rwlock_trywrlock(struct rwlock *l);

/* Unlock, whichever way it was locked; the caller goes on running.
 * EPERM: nobody holds it, or another thread holds it to write. */
int rwlock_unlock(struct rwlock *l);

/* ---- Barrier ---- */

struct barrier {
    unsigned count; /* threads that must come; fixed before the first does */
    unsigned reserved;
    void *model[15];
};

/* clang-format off */
#define BARRIER_INITIALIZER(threads) {(threads), 0, {0}}
/* clang-format on */

/* What one of the threads that leave a barrier gets; the others get 0. */
#define BARRIER_SERIAL (-1)

/* Make a barrier at run time. EINVAL: count is 0. */
int barrier_init(struct barrier *b, unsigned count);

/* End its use. EBUSY: threads wait at it. */
int barrier_destroy(struct barrier *b);

/* Wait until count threads have come; then all go on, and the barrier is as
 * new. BARRIER_SERIAL for the one that came last, 0 for the rest. EINVAL: its
 * count is 0. May switch. */
int barrier_wait(struct barrier *b);

/* ---- Event ---- */

/* A flag that threads wait for; once set it stays set until it is cleared. */
struct event {
    void *model[14];
};

/* clang-format off */
#define EVENT_INITIALIZER {{0}}
/* clang-format on */

int event_init(struct event *e);

/* End its use. EBUSY: threads wait for it. */
int event_destroy(struct event *e);

/* Set it and wake all who wait for it (even if it is cleared before they
 * run); or clear it. Never switches. */
int event_set(struct event *e);
int event_clear(struct event *e);
bool event_is_set(struct event *e);

/* Wait until it is set, or not at all if it is. ETIMEDOUT: the deadline
 * passed first. May switch. */
int event_wait(struct event *e);
int event_wait_until(struct event *e, uint64_t deadline);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
