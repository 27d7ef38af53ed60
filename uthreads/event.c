/* SPDX-License-Identifier: MIT */
/*
 * event.c - a flag that threads wait for.
 *
 * Setting it wakes everybody who waits, and they have been let through even if
 * it is cleared again before they run: they waited for it to be set, and it
 * was.
 */
#include "cancel.h"
#include "sched.h"
#include "sync_view.h"
#include "time.h"

#include <errno.h>
#include <string.h>

static struct event_view *
event_view(struct event *e)
{
    return (struct event_view *)e;
}

int
event_init(struct event *event)
{
    memset(event, 0, sizeof *event);
    return 0;
}

int
event_destroy(struct event *event)
{
    return list_empty(&event_view(event)->waiters) ? 0 : EBUSY;
}

int
event_set(struct event *event)
{
    struct event_view *e = event_view(event);
    struct uthread *t;
    sched_self();
    order_release(e);
    e->set = true;
    while ((t = longest_waiter(&e->waiters)) != NULL)
        sched_wake(t);
    return 0;
}

int
event_clear(struct event *event)
{
    event_view(event)->set = false;
    return 0;
}

bool
event_is_set(struct event *event)
{
    order_acquire(event);
    return event_view(event)->set;
}

int
event_wait(struct event *event)
{
    return event_wait_until(event, THREAD_FOREVER);
}

int
event_wait_until(struct event *event, uint64_t deadline)
{
    struct event_view *e = event_view(event);
    thread_testcancel();
    if (event_is_set(event))
        return 0;
    int error = time_block(&(struct wait){.kind = THREAD_WAIT_EVENT,
                                          .queue = &e->waiters,
                                          .object = event,
                                          .fd = -1,
                                          .cancellable = true},
                           deadline);
    if (error == ECANCELED)
        cancel_now();
    if (!error)
        order_acquire(e);
    return error;
}
