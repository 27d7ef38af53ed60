/* SPDX-License-Identifier: MIT */
/*
 * sync.c - mutex, condition variable, semaphore, out of a lock and a bell.
 *
 * Two processes may be at the same object at the same instant, so what looks at
 * it and joins its waiters in one step is an atomic instruction where nobody
 * waits, and a futex where somebody must. Both work on the memory that the
 * object lies in: if it is shared the object is one, and if it is not each
 * process has its own. We note the owner of a mutex ourselves, and a stranger
 * who unlocks it gets EPERM whatever its kind.
 *
 * No hand-off: an object that is released is free, and a running thread may
 * overtake the one that is being woken. A woken waiter therefore looks again.
 *
 * Every call tries first and says that it waits only when it must.
 */
#include "cancel.h"
#include "process.h"
#include "sync_view.h"

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
    struct mutex_view *m = mutex_view(mutex);
    return atomic_load(&m->owner) ? EBUSY : 0;
}

int
mutex_lock(struct mutex *mutex)
{
    return mutex_lock_until(mutex, THREAD_FOREVER);
}

/* The holder locks once more. */
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

/* Note the owner. The caller holds the inner lock, before and after. */
static void
give_to(struct mutex_view *m, thread_t owner)
{
    atomic_store_explicit(&m->owner, owner, memory_order_relaxed);
    m->depth = owner ? 1 : 0;
}

/* Is the caller the owner? Nobody else can make that true or false, so the
 * answer is right however old it is. */
static bool
is_mine(const struct mutex_view *m)
{
    return atomic_load_explicit(&m->owner, memory_order_relaxed) ==
           process_self()->id;
}

static int
block_on_mutex(struct mutex_view *m, uint64_t deadline)
{
    wait_begin((struct wait){.kind = THREAD_WAIT_MUTEX,
                             .object = m,
                             .thread = atomic_load(&m->owner)});
    int error = lock_take_until(&m->inner, deadline);
    wait_end();
    return error;
}

int
mutex_lock_until(struct mutex *mutex, uint64_t deadline)
{
    struct mutex_view *m = mutex_view(mutex);
    thread_t self = process_self()->id;
    int error = lock_try(&m->inner) ? 0 : EBUSY;
    if (error && m->kind != MUTEX_NORMAL && is_mine(m))
        return lock_again(m);
    if (error)
        error = block_on_mutex(m, deadline);
    if (!error)
        give_to(m, self);
    return error;
}

int
mutex_trylock(struct mutex *mutex)
{
    struct mutex_view *m = mutex_view(mutex);
    thread_t self = process_self()->id;
    int error = lock_try(&m->inner) ? 0 : EBUSY;
    if (error && m->kind == MUTEX_RECURSIVE && is_mine(m))
        return lock_again(m);
    if (!error)
        give_to(m, self);
    return error;
}

int
mutex_unlock(struct mutex *mutex)
{
    struct mutex_view *m = mutex_view(mutex);
    if (!is_mine(m))
        return EPERM;
    if (m->depth > 1) {
        m->depth--;
        return 0;
    }
    give_to(m, 0);
    lock_release(&m->inner);
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

/* A thread that has been signalled and is still on its way out is not in the
 * count, and does not look at the condition variable any more. */
int
cond_destroy(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    return atomic_load(&c->waiters) ? EBUSY : 0;
}

/* One waiter fewer; whether there was any. */
static bool
strike_off(struct cond_view *c)
{
    unsigned n = atomic_load(&c->waiters);
    while (n > 0 && !atomic_compare_exchange_weak(&c->waiters, &n, n - 1))
        continue;
    return n > 0;
}

int
cond_wait(struct cond *cond, struct mutex *mutex)
{
    return cond_wait_until(cond, mutex, THREAD_FOREVER);
}

/* One thread's wait. */
struct cond_wait {
    struct cond_view *cond;
    struct mutex_view *mutex;
};

/* No signal has come, or it was passed on. */
static void
leave_unsignalled(void *arg)
{
    const struct cond_wait *w = arg;
    give_to(w->mutex, current->id);
    strike_off(w->cond);
}

int
cond_wait_until(struct cond *cond, struct mutex *mutex, uint64_t deadline)
{
    struct cond_wait w = {cond_view(cond), mutex_view(mutex)};
    if (!is_mine(w.mutex) || w.mutex->depth != 1)
        return EPERM;
    thread_testcancel();
    atomic_fetch_add(&w.cond->waiters, 1);
    wait_begin((struct wait){.kind = THREAD_WAIT_COND, .object = cond});
    /* Lost wake-up if a signal could come between releasing and waiting: the
     * bell's rings are counted before the lock is released. It is taken again
     * before the wait returns, so it is ours whenever the owner is changed. */
    give_to(w.mutex, 0);
    int error = cancel_bell_wait(&w.cond->inner, &w.mutex->inner, deadline,
                                 leave_unsignalled, &w);
    if (error)
        leave_unsignalled(&w);
    else
        give_to(w.mutex, current->id);
    wait_end();
    return error;
}

int
cond_signal(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    if (strike_off(c))
        bell_ring(&c->inner);
    return 0;
}

int
cond_broadcast(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    if (atomic_exchange(&c->waiters, 0) > 0)
        bell_ring_all(&c->inner);
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
    struct semaphore_view *s = semaphore_view(semaphore);
    lock_take(&s->inner);
    bool busy = s->waiters > 0;
    lock_release(&s->inner);
    return busy ? EBUSY : 0;
}

int
semaphore_wait(struct semaphore *semaphore)
{
    return semaphore_wait_until(semaphore, THREAD_FOREVER);
}

/* The wait is cancelled. It may have been woken at that moment, to take one
 * that somebody else must take now: who listens is told (cancel_bell_wait). */
static void
leave_to_others(void *semaphore)
{
    struct semaphore_view *s = semaphore;
    s->waiters--;
    lock_release(&s->inner);
}

/* Wait until the value is above 0. The caller holds the inner lock. */
static void
block_while_0(struct semaphore_view *s, uint64_t deadline)
{
    int error = 0;
    wait_begin((struct wait){.kind = THREAD_WAIT_SEMAPHORE, .object = s});
    s->waiters++;
    while (s->count == 0 && !error)
        error = cancel_bell_wait(&s->above_0, &s->inner, deadline,
                                 leave_to_others, s);
    s->waiters--;
    wait_end();
}

/* Take one if there is one. The caller holds the inner lock. */
static bool
take(struct semaphore_view *s)
{
    if (s->count == 0)
        return false;
    s->count--;
    return true;
}

int
semaphore_wait_until(struct semaphore *semaphore, uint64_t deadline)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    thread_testcancel();
    lock_take(&s->inner);
    if (s->count == 0)
        block_while_0(s, deadline);
    /* Not by block's error: a post may have woken a thread whose deadline
     * passed at that moment, and would be lost. */
    bool taken = take(s);
    lock_release(&s->inner);
    return taken ? 0 : ETIMEDOUT;
}

int
semaphore_trywait(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    lock_take(&s->inner);
    bool taken = take(s);
    lock_release(&s->inner);
    return taken ? 0 : EAGAIN;
}

/* The signal comes before the unlock: a waiter that has taken its one may free
 * the semaphore as soon as it can lock. */
int
semaphore_post(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    lock_take(&s->inner);
    bool full = s->count == SEMAPHORE_MAX;
    if (!full) {
        s->count++;
        if (s->waiters > 0)
            bell_ring(&s->above_0);
    }
    lock_release(&s->inner);
    return full ? EOVERFLOW : 0;
}

/* What is there for a thread that is still waking up is spoken for. */
unsigned
semaphore_value(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    lock_take(&s->inner);
    unsigned value = s->count > s->waiters ? s->count - s->waiters : 0;
    lock_release(&s->inner);
    return value;
}
