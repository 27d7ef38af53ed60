/* SPDX-License-Identifier: MIT */
/*
 * sync.c - mutex, condition variable, semaphore, out of pthreads' first two.
 *
 * Two threads may be at the same object at the same instant, so what looks at
 * it and joins its waiters in one step is glibc's and the kernel's: an atomic
 * instruction where nobody waits, a futex where somebody must. What pthreads
 * leave undefined is defined here: we note the owner of a mutex ourselves, and
 * a stranger who unlocks it gets EPERM whatever its kind.
 *
 * No hand-off: an object that is released is free, and a running thread may
 * overtake the one that is being woken. A woken waiter therefore looks again.
 *
 * Every call tries first and says that it waits only when it must.
 */
#include "cancel.h"
#include "kthread.h"
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
    return atomic_load(&m->owner) ? EBUSY : pthread_mutex_destroy(&m->inner);
}

int
mutex_lock(struct mutex *mutex)
{
    return mutex_lock_until(mutex, THREAD_FOREVER);
}

/* The holder locks once more. LAB(kernel) */
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

/* Note the owner. The caller holds the inner mutex, before and after.
 * LAB(kernel) */
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
           kthread_self()->id;
}

/* LAB(kernel) */
static int
block_on_mutex(struct mutex_view *m, uint64_t deadline)
{
    struct timespec until = clock_timespec(deadline);
    wait_begin((struct wait){.kind = THREAD_WAIT_MUTEX, .object = m});
    int error =
        deadline == THREAD_FOREVER
            ? pthread_mutex_lock(&m->inner)
            : pthread_mutex_clocklock(&m->inner, CLOCK_MONOTONIC, &until);
    wait_end();
    return error;
}

/* LAB(kernel): try; the holder may lock again, or may not, by its kind; wait
 * only then, between wait_begin and wait_end. Who notes the owner, and when? */
int
mutex_lock_until(struct mutex *mutex, uint64_t deadline)
{
    struct mutex_view *m = mutex_view(mutex);
    thread_t self = kthread_self()->id;
    int error = pthread_mutex_trylock(&m->inner);
    if (error && m->kind != MUTEX_NORMAL && is_mine(m))
        return lock_again(m);
    if (error)
        error = block_on_mutex(m, deadline);
    if (!error)
        give_to(m, self);
    return error;
}

/* LAB(kernel): the same, and never wait. */
int
mutex_trylock(struct mutex *mutex)
{
    struct mutex_view *m = mutex_view(mutex);
    thread_t self = kthread_self()->id;
    int error = pthread_mutex_trylock(&m->inner);
    if (error && m->kind == MUTEX_RECURSIVE && is_mine(m))
        return lock_again(m);
    if (!error)
        give_to(m, self);
    return error;
}

/* LAB(kernel): pthreads let anybody unlock; the contract does not. Whose is the
 * owner's field the moment the inner mutex is free? */
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
    return pthread_mutex_unlock(&m->inner);
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
 * count: pthread_cond_destroy waits for it. */
int
cond_destroy(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    return atomic_load(&c->waiters) ? EBUSY : pthread_cond_destroy(&c->inner);
}

/* One waiter fewer, if there is any. LAB(kernel) */
static void
strike_off(struct cond_view *c)
{
    unsigned n = atomic_load(&c->waiters);
    while (n > 0 && !atomic_compare_exchange_weak(&c->waiters, &n, n - 1))
        continue;
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
    uint64_t deadline;
};

/* LAB(kernel) */
static int
wait_for_signal(void *arg)
{
    struct cond_wait *w = arg;
    return wait_inner(&w->cond->inner, &w->mutex->inner, w->deadline);
}

/* No signal has come. LAB(kernel) */
static void
leave_unsignalled(void *arg)
{
    struct cond_wait *w = arg;
    give_to(w->mutex, current->id);
    strike_off(w->cond);
}

/* LAB(kernel): to release and to wait are one step of pthread_cond_wait's. Our
 * mutex is an inner one and an owner: both must be right while others have it,
 * and again when you do. */
int
cond_wait_until(struct cond *cond, struct mutex *mutex, uint64_t deadline)
{
    struct cond_wait w = {cond_view(cond), mutex_view(mutex), deadline};
    if (!is_mine(w.mutex) || w.mutex->depth != 1)
        return EPERM;
    thread_testcancel();
    atomic_fetch_add(&w.cond->waiters, 1);
    wait_begin((struct wait){.kind = THREAD_WAIT_COND, .object = cond});
    /* Lost wake-up if another thread could signal between releasing and
     * waiting: glibc makes them one step, and locks again before it returns.
     * So the inner mutex is ours whenever the owner is changed. */
    give_to(w.mutex, 0);
    int error = cancel_point(wait_for_signal, leave_unsignalled, &w);
    if (error)
        leave_unsignalled(&w);
    else
        give_to(w.mutex, current->id);
    wait_end();
    return error;
}

/* LAB(kernel): wake one, who is then no longer counted. */
int
cond_signal(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    strike_off(c);
    return pthread_cond_signal(&c->inner);
}

/* LAB(kernel): wake all. */
int
cond_broadcast(struct cond *cond)
{
    struct cond_view *c = cond_view(cond);
    atomic_store(&c->waiters, 0);
    return pthread_cond_broadcast(&c->inner);
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
    kthread_lock(&s->inner);
    bool busy = s->waiters > 0;
    pthread_mutex_unlock(&s->inner);
    if (busy)
        return EBUSY;
    pthread_cond_destroy(&s->above_0);
    return pthread_mutex_destroy(&s->inner);
}

int
semaphore_wait(struct semaphore *semaphore)
{
    return semaphore_wait_until(semaphore, THREAD_FOREVER);
}

/* One thread's wait. */
struct semaphore_wait {
    struct semaphore_view *semaphore;
    uint64_t deadline;
};

/* LAB(kernel) */
static int
wait_while_0(void *arg)
{
    const struct semaphore_wait *w = arg;
    struct semaphore_view *s = w->semaphore;
    int error = 0;
    while (s->count == 0 && !error)
        error = wait_inner(&s->above_0, &s->inner, w->deadline);
    return error;
}

/* The wait is cancelled. It may have been woken at that moment, to take one
 * that somebody else must take now. LAB(kernel) */
static void
leave_to_others(void *arg)
{
    struct semaphore_view *s = ((struct semaphore_wait *)arg)->semaphore;
    s->waiters--;
    if (s->count > 0)
        pthread_cond_signal(&s->above_0);
    pthread_mutex_unlock(&s->inner);
}

/* Wait until the value is above 0. The caller holds the inner mutex.
 * LAB(kernel) */
static void
block_while_0(struct semaphore_view *s, uint64_t deadline)
{
    struct semaphore_wait w = {s, deadline};
    wait_begin((struct wait){.kind = THREAD_WAIT_SEMAPHORE, .object = s});
    s->waiters++;
    cancel_point(wait_while_0, leave_to_others, &w);
    s->waiters--;
    wait_end();
}

/* Take one if there is one. The caller holds the inner mutex. LAB(kernel) */
static bool
take(struct semaphore_view *s)
{
    if (s->count == 0)
        return false;
    s->count--;
    return true;
}

/* LAB(kernel): out of the inner mutex and above_0. A woken thread looks again;
 * count the waiters, for semaphore_value and semaphore_destroy. */
int
semaphore_wait_until(struct semaphore *semaphore, uint64_t deadline)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    thread_testcancel();
    kthread_lock(&s->inner);
    if (s->count == 0)
        block_while_0(s, deadline);
    /* Not by block's error: a post may have woken a thread whose deadline
     * passed at that moment, and would be lost. */
    bool taken = take(s);
    pthread_mutex_unlock(&s->inner);
    return taken ? 0 : ETIMEDOUT;
}

/* LAB(kernel): one, or EAGAIN. */
int
semaphore_trywait(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    kthread_lock(&s->inner);
    bool taken = take(s);
    pthread_mutex_unlock(&s->inner);
    return taken ? 0 : EAGAIN;
}

/* The signal comes before the unlock: a waiter that has taken its one may free
 * the semaphore as soon as it can lock.
 * LAB(kernel): one more, up to SEMAPHORE_MAX; and somebody may wait for it. */
int
semaphore_post(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    kthread_lock(&s->inner);
    bool full = s->count == SEMAPHORE_MAX;
    if (!full) {
        s->count++;
        pthread_cond_signal(&s->above_0);
    }
    pthread_mutex_unlock(&s->inner);
    return full ? EOVERFLOW : 0;
}

/* What is there for a thread that is still waking up is spoken for.
 * LAB(kernel): so how much is left? */
unsigned
semaphore_value(struct semaphore *semaphore)
{
    struct semaphore_view *s = semaphore_view(semaphore);
    kthread_lock(&s->inner);
    unsigned value = s->count > s->waiters ? s->count - s->waiters : 0;
    pthread_mutex_unlock(&s->inner);
    return value;
}
