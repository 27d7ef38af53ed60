/* SPDX-License-Identifier: MIT */
/*
 * rwlock.c - the reader-writer lock: many readers, or one writer.
 *
 * One line for both. Whoever finds somebody waiting joins the line, even a
 * reader while only readers hold the lock: overtaking would starve the writers
 * who wait. When the lock becomes free, those at the head of the line are
 * admitted: one writer, or every reader up to the next writer.
 *
 *      line:  R R W R        admits R R, and stops at W
 */
#include "sched.h"
#include "sync_view.h"
#include "time.h"

#include <errno.h>
#include <string.h>

static struct rwlock_view *
rwlock_view(struct rwlock *l)
{
    return (struct rwlock_view *)l;
}

int
rwlock_init(struct rwlock *lock)
{
    memset(lock, 0, sizeof *lock);
    return 0;
}

int
rwlock_destroy(struct rwlock *lock)
{
    const struct rwlock_view *l = rwlock_view(lock);
    return l->writer || l->readers ? EBUSY : 0;
}

/* Hand the lock to those at the head of the line who may have it now. */
static void
admit(struct rwlock_view *l)
{
    struct uthread *t;
    while (!l->writer && (t = longest_waiter(&l->waiters)) != NULL) {
        bool write = t->wait->wants_write;
        if (write && l->readers > 0)
            return;
        if (write)
            l->writer = t->id;
        else
            l->readers++;
        sched_wake(t);
    }
}

/* Join the line. Whoever gives up may have been all that kept the readers
 * behind him out. */
static int
wait_in_line(struct rwlock_view *l, bool write, uint64_t deadline)
{
    int error = time_block(&(struct wait){.kind = THREAD_WAIT_RWLOCK,
                                          .queue = &l->waiters,
                                          .object = l,
                                          .fd = -1,
                                          .wants_write = write},
                           deadline);
    if (error)
        admit(l);
    else
        order_acquire(l);
    return error;
}

int
rwlock_rdlock(struct rwlock *lock)
{
    return rwlock_rdlock_until(lock, THREAD_FOREVER);
}

int
rwlock_rdlock_until(struct rwlock *lock, uint64_t deadline)
{
    struct rwlock_view *l = rwlock_view(lock);
    int error = rwlock_tryrdlock(lock);
    if (error != EBUSY)
        return error;
    if (l->writer == the_sched.current->id)
        return EDEADLK;
    return wait_in_line(l, false, deadline);
}

int
rwlock_wrlock(struct rwlock *lock)
{
    return rwlock_wrlock_until(lock, THREAD_FOREVER);
}

int
rwlock_wrlock_until(struct rwlock *lock, uint64_t deadline)
{
    struct rwlock_view *l = rwlock_view(lock);
    if (rwlock_trywrlock(lock) == 0)
        return 0;
    if (l->writer == the_sched.current->id)
        return EDEADLK;
    return wait_in_line(l, true, deadline);
}

int
rwlock_tryrdlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    sched_self();
    if (l->writer || !list_empty(&l->waiters))
        return EBUSY;
    if (l->readers == UINT32_MAX)
        return EAGAIN;
    l->readers++;
    order_acquire(l);
    return 0;
}

int
rwlock_trywrlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    thread_t self = sched_self()->current->id;
    if (l->writer || l->readers || !list_empty(&l->waiters))
        return EBUSY;
    l->writer = self;
    order_acquire(l);
    return 0;
}

int
rwlock_unlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    thread_t self = sched_self()->current->id;
    if (l->writer ? l->writer != self : l->readers == 0)
        return EPERM;
    order_release(l);
    if (l->writer)
        l->writer = 0;
    else
        l->readers--;
    if (l->readers == 0)
        admit(l);
    return 0;
}
