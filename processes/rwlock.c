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
 *
 * Whoever is admitted holds the lock before it runs again, so here, unlike in
 * sync.c, nobody overtakes. Each waits for a bell of its own, and its place in
 * the line lies in its control block, where all can see it.
 */
#include "process.h"
#include "sync_view.h"

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
    struct rwlock_view *l = rwlock_view(lock);
    lock_take(&l->inner);
    bool busy = l->writer || l->readers;
    lock_release(&l->inner);
    return busy ? EBUSY : 0;
}

/* Hand the lock to those at the head of the line who may have it now. */
static void
admit(struct rwlock_view *l)
{
    while (!l->writer && !list_empty(&l->waiters)) {
        struct place *p = container_of(l->waiters.first, struct place, link);
        if (p->wants_write && l->readers > 0)
            return;
        if (p->wants_write)
            l->writer = container_of(p, struct process, place)->id;
        else
            l->readers++;
        list_remove(&l->waiters, &p->link);
        p->admitted = true;
        bell_ring(&p->admission);
    }
}

/* Join the line. Whoever gives up may have been all that kept the readers
 * behind him out. */
static int
wait_in_line(struct rwlock_view *l, bool write, uint64_t deadline)
{
    struct place *p = &current->place;
    int error = 0;
    *p = (struct place){.wants_write = write};
    list_append(&l->waiters, &p->link);
    wait_begin((struct wait){
        .kind = THREAD_WAIT_RWLOCK, .object = l, .thread = l->writer});
    while (!p->admitted && !error)
        error = bell_wait(&p->admission, &l->inner, deadline);
    wait_end();
    if (p->admitted)
        return 0;
    list_remove(&l->waiters, &p->link);
    admit(l);
    return error;
}

/* Lock if that needs no waiting. The caller holds the inner lock. */
static int
try_read(struct rwlock_view *l)
{
    if (l->writer || !list_empty(&l->waiters))
        return EBUSY;
    if (l->readers == UINT32_MAX)
        return EAGAIN;
    l->readers++;
    return 0;
}

static int
try_write(struct rwlock_view *l)
{
    if (l->writer || l->readers || !list_empty(&l->waiters))
        return EBUSY;
    l->writer = current->id;
    return 0;
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
    thread_t self = process_self()->id;
    lock_take(&l->inner);
    int error = try_read(l);
    if (error == EBUSY)
        error = l->writer == self ? EDEADLK : wait_in_line(l, false, deadline);
    lock_release(&l->inner);
    return error;
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
    thread_t self = process_self()->id;
    lock_take(&l->inner);
    int error = try_write(l);
    if (error == EBUSY)
        error = l->writer == self ? EDEADLK : wait_in_line(l, true, deadline);
    lock_release(&l->inner);
    return error;
}

int
rwlock_tryrdlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    process_self();
    lock_take(&l->inner);
    int error = try_read(l);
    lock_release(&l->inner);
    return error;
}

int
rwlock_trywrlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    process_self();
    lock_take(&l->inner);
    int error = try_write(l);
    lock_release(&l->inner);
    return error;
}

int
rwlock_unlock(struct rwlock *lock)
{
    struct rwlock_view *l = rwlock_view(lock);
    thread_t self = process_self()->id;
    lock_take(&l->inner);
    bool stranger = l->writer ? l->writer != self : l->readers == 0;
    if (!stranger) {
        if (l->writer)
            l->writer = 0;
        else
            l->readers--;
        if (l->readers == 0)
            admit(l);
    }
    lock_release(&l->inner);
    return stranger ? EPERM : 0;
}
