/* SPDX-License-Identifier: MIT */
/*
 * sync.c - mutex, condition variable, semaphore, out of block and wake.
 *
 * Each object has a line of waiters, first come, first served. Nothing here
 * takes a lock or an atomic instruction: user-level threads of one process
 * share one kernel thread and are cooperative, so no other thread can run
 * between looking at an object and joining its line.
 *
 * Hand-off: an object that is released while threads wait goes straight to the
 * longest waiter; it is never free in between, so nobody overtakes. A woken
 * waiter therefore owns what it waited for, and does not look again.
 */
#include "cancel.h"
#include "inherit.h"
#include "sched.h"
#include "sync_view.h"
#include "time.h"

#include <errno.h>
#include <string.h>

/* ---- Mutex ---- */

static struct mutex_view *
mutex_view(struct mutex *m)
{
    return (struct mutex_view *)m;
}

int
mutex_init(struct mutex *mutex, enum mutex_kind kind)
{
    if (kind != MUTEX_NORMAL && kind != MUTEX_RECURSIVE &&
        kind != MUTEX_ERRORCHECK)
        return EINVAL;
    memset(mutex, 0, sizeof *mutex);
    mutex->kind = kind;
    return 0;
}

int
mutex_destroy(struct mutex *mutex)
{
    return mutex_view(mutex)->owner ? EBUSY : 0;
}

int
mutex_lock(struct mutex *mutex)
{
    return mutex_lock_until(mutex, THREAD_FOREVER);
}

/* The holder locks once more. LAB(sync): what does each kind say to that? */
static int
lock_again(struct mutex_view *m)
{
    if (m->kind == MUTEX_ERRORCHECK)
        return EDEADLK;
    if (m->depth == UINT32_MAX)
        return EAGAIN;
    m->depth++;
    return 0;
}

static void
give_to(struct mutex_view *m, struct uthread *owner)
{
    m->owner = owner->id;
    m->depth = 1;
    if (the_sched.policy->by_priority)
        inherit_take(owner, m);
}

/* Wait in line until the mutex is handed over. */
static int
wait_in_line(struct mutex_view *m, uint64_t deadline)
{
    struct wait wait = {
        .kind = THREAD_WAIT_MUTEX, .queue = &m->waiters, .object = m, .fd = -1};
    if (!the_sched.policy->by_priority)
        return time_block(&wait, deadline);
    inherit_lend(m);
    int error = time_block(&wait, deadline);
    if (error)
        inherit_withdraw(m);
    return error;
}

/* It is not free. (Apart from the usual way, which then saves no registers.)
 * LAB(sync): perhaps its holder is who asks; else wait_in_line. */
static int __attribute__((noinline))
lock_slowly(struct mutex_view *m, struct uthread *self, uint64_t deadline)
{
    if (m->owner == self->id && m->kind != MUTEX_NORMAL)
        return lock_again(m);
    int error = wait_in_line(m, deadline);
    if (!error)
        order_acquire(m);
    return sched_return(error);
}

/* LAB(sync): take it, if it is free. */
static inline int
lock(struct mutex_view *m, struct uthread *self, uint64_t deadline)
{
    if (m->owner)
        return lock_slowly(m, self, deadline);
    give_to(m, self);
    order_acquire(m);
    return 0;
}

int
mutex_lock_until(struct mutex *mutex, uint64_t deadline)
{
    return lock(mutex_view(mutex), sched_self()->current, deadline);
}

/* LAB(sync): lock, or EBUSY at once. */
int
mutex_trylock(struct mutex *mutex)
{
    struct mutex_view *m = mutex_view(mutex);
    struct uthread *self = sched_self()->current;
    if (m->owner == self->id && m->kind == MUTEX_RECURSIVE)
        return lock_again(m);
    if (m->owner)
        return EBUSY;
    give_to(m, self);
    order_acquire(m);
    return 0;
}

/* Threads wait for it: it goes to the first of them.
 * LAB(sync): who makes that thread ready, and whose is the mutex then? */
static void
hand_over(struct mutex_view *m)
{
    struct uthread *next = sched_first_waiter(&m->waiters);
    sched_wake(next); /* it leaves the line, and lends no more */
    give_to(m, next);
}

/* Release a mutex that the caller holds once.
 * LAB(sync): whose is it now? (inherit_release, where priorities count.) */
static inline void
release(struct mutex_view *m)
{
    order_release(m);
    if (the_sched.policy->by_priority)
        inherit_release(the_sched.current, m);
    m->owner = 0;
    m->depth = 0;
    if (!list_empty(&m->waiters))
        hand_over(m);
}

/* LAB(sync): only its owner may, and a recursive one as often as it locked. */
int
mutex_unlock(struct mutex *mutex)
{
    struct mutex_view *m = mutex_view(mutex);
    if (m->owner != sched_self()->current->id)
        return EPERM;
    if (m->depth > 1)
        m->depth--;
    else
        release(m);
    return 0;
}

/* ---- Condition variable ---- */

static struct cond_view *
cond_view(struct cond *c)
{
    return (struct cond_view *)c;
}

int
cond_init(struct cond *cond)
{
    memset(cond, 0, sizeof *cond);
    return 0;
}

int
cond_destroy(struct cond *cond)
{
    return list_empty(&cond_view(cond)->waiters) ? 0 : EBUSY;
}

int
cond_wait(struct cond *cond, struct mutex *mutex)
{
    return cond_wait_until(cond, mutex, THREAD_FOREVER);
}

/* LAB(sync) */
static int
wait_for_signal(struct cond_view *c, uint64_t deadline)
{
    return time_block(&(struct wait){.kind = THREAD_WAIT_COND,
                                     .queue = &c->waiters,
                                     .object = c,
                                     .fd = -1,
                                     .cancellable = true},
                      deadline);
}

/* LAB(sync): release, wait, lock again; what may not come in between? A
 * cancelled wait ends with the mutex locked. */
int
cond_wait_until(struct cond *cond, struct mutex *mutex, uint64_t deadline)
{
    struct cond_view *c = cond_view(cond);
    struct mutex_view *m = mutex_view(mutex);
    if (m->owner != sched_self()->current->id || m->depth != 1)
        return EPERM;
    /* Lost wake-up if another thread could signal between these two: none
     * can, since waking the next holder does not switch to it. */
    release(m);
    int error = wait_for_signal(c, deadline);
    lock(m, the_sched.current, THREAD_FOREVER);
    if (error == ECANCELED)
        cancel_now();
    return sched_return(error);
}

/* LAB(sync): wake one, if there is one. */
int
cond_signal(struct cond *cond)
{
    sched_self();
    struct uthread *t = sched_first_waiter(&cond_view(cond)->waiters);
    if (t)
        sched_wake(t);
    return 0;
}

/* LAB(sync): wake all. */
int
cond_broadcast(struct cond *cond)
{
    sched_self();
    struct uthread *t;
    while ((t = sched_first_waiter(&cond_view(cond)->waiters)) != NULL)
        sched_wake(t);
    return 0;
}

/* ---- Semaphore ---- */

static struct semaphore_view *
semaphore_view(struct semaphore *s)
{
    return (struct semaphore_view *)s;
}

int
semaphore_init(struct semaphore *semaphore, unsigned count)
{
    if (count > SEMAPHORE_MAX)
        return EINVAL;
    memset(semaphore, 0, sizeof *semaphore);
    semaphore->count = count;
    return 0;
}

int
semaphore_destroy(struct semaphore *semaphore)
{
    return list_empty(&semaphore_view(semaphore)->waiters) ? 0 : EBUSY;
}

int
semaphore_wait(struct semaphore *semaphore)
{
    return semaphore_wait_until(semaphore, THREAD_FOREVER);
}

/* LAB(sync): a cancellation point; take one, or wait until it is given. */
int
semaphore_wait_until(struct semaphore *semaphore, uint64_t deadline)
{
    cancel_point();
    if (semaphore_trywait(semaphore) == 0)
        return 0;
    int error =
        time_block(&(struct wait){.kind = THREAD_WAIT_SEMAPHORE,
                                  .queue = &semaphore_view(semaphore)->waiters,
                                  .object = semaphore,
                                  .fd = -1,
                                  .cancellable = true},
                   deadline);
    if (error == ECANCELED)
        cancel_now();
    if (!error)
        order_acquire(semaphore);
    return sched_return(error);
}

/* LAB(sync): take one, if there is one. */
int
semaphore_trywait(struct semaphore *semaphore)
{
    sched_self();
    if (semaphore_view(semaphore)->count == 0)
        return EAGAIN;
    semaphore_view(semaphore)->count--;
    order_acquire(semaphore);
    return 0;
}

/* LAB(sync): hand it to a waiter, or keep it. */
int
semaphore_post(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    sched_self();
    struct uthread *next = sched_first_waiter(&s->waiters);
    order_release(s);
    if (next)
        sched_wake(next); /* takes this one: the value stays 0 */
    else if (s->count == SEMAPHORE_MAX)
        return EOVERFLOW;
    else
        s->count++;
    return 0;
}

unsigned
semaphore_value(struct semaphore *semaphore)
{
    return semaphore_view(semaphore)->count;
}
