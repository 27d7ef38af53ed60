/* SPDX-License-Identifier: MIT */
/*
 * barrier.c - nobody goes on before all have come.
 *
 * The last one to come wakes the others and starts the next round at once:
 * those it has woken are out of the line already, so a fast thread that comes
 * back to the barrier cannot be counted among them.
 */
#include "sched.h"
#include "sync_view.h"

#include <errno.h>
#include <string.h>

static struct barrier_view *
barrier_view(struct barrier *b)
{
    return (struct barrier_view *)b;
}

int
barrier_init(struct barrier *barrier, unsigned count)
{
    if (count == 0)
        return EINVAL;
    memset(barrier, 0, sizeof *barrier);
    barrier->count = count;
    return 0;
}

int
barrier_destroy(struct barrier *barrier)
{
    return barrier_view(barrier)->waiting ? EBUSY : 0;
}

/* LAB(sync): wait for the others; the last one begins the next round. */
int
barrier_wait(struct barrier *barrier)
{
    struct barrier_view *b = barrier_view(barrier);
    sched_self();
    if (b->count == 0)
        return EINVAL;
    order_release(b);
    if (b->waiting + 1 < b->count) {
        b->waiting++;
        sched_block(&(struct wait){.kind = THREAD_WAIT_BARRIER,
                                   .queue = &b->waiters,
                                   .object = barrier,
                                   .fd = -1});
        order_acquire(b);
        return 0;
    }
    struct uthread *t;
    while ((t = longest_waiter(&b->waiters)) != NULL)
        sched_wake(t);
    b->waiting = 0;
    order_acquire(b);
    return BARRIER_SERIAL;
}
