/* SPDX-License-Identifier: MIT */
/*
 * event.c - a flag that threads wait for.
 *
 * Setting it wakes everybody who waits, and they have been let through even if
 * it is cleared again before they run: they wait for the number of times that
 * it was set to change.
 */
#include "cancel.h"
#include "process.h"
#include "sync_view.h"

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

/* Those who have been woken and are still on their way out are waited for. */
int
event_destroy(struct event *event)
{
    struct event_view *e = event_view(event);
    lock_take(&e->inner);
    bool busy = e->waiters > 0;
    while (!busy && e->inside > 0)
        bell_wait(&e->was_set, &e->inner, THREAD_FOREVER);
    lock_release(&e->inner);
    return busy ? EBUSY : 0;
}

int
event_set(struct event *event)
{
    struct event_view *e = event_view(event);
    lock_take(&e->inner);
    e->set = true;
    e->times++;
    e->waiters = 0;
    bell_ring_all(&e->was_set);
    lock_release(&e->inner);
    return 0;
}

int
event_clear(struct event *event)
{
    struct event_view *e = event_view(event);
    lock_take(&e->inner);
    e->set = false;
    lock_release(&e->inner);
    return 0;
}

bool
event_is_set(struct event *event)
{
    struct event_view *e = event_view(event);
    lock_take(&e->inner);
    bool set = e->set;
    lock_release(&e->inner);
    return set;
}

int
event_wait(struct event *event)
{
    return event_wait_until(event, THREAD_FOREVER);
}

/* One thread's wait. */
struct event_wait {
    struct event_view *event;
    unsigned times; /* what it had been set when the wait began */
};

/* Whoever set it has struck off all who waited until then. The last one out
 * tells whoever wants to destroy it. */
static void
leave(void *arg)
{
    const struct event_wait *w = arg;
    struct event_view *e = w->event;
    if (e->times == w->times)
        e->waiters--;
    if (--e->inside == 0)
        bell_ring_all(&e->was_set);
    lock_release(&e->inner);
}

/* The caller holds the inner lock, and no longer does afterwards. */
static int
block_until_set(struct event_view *e, uint64_t deadline)
{
    struct event_wait w = {e, e->times};
    int error = 0;
    e->waiters++;
    e->inside++;
    wait_begin((struct wait){.kind = THREAD_WAIT_EVENT, .object = e});
    while (e->times == w.times && !error)
        error = cancel_bell_wait(&e->was_set, &e->inner, deadline, leave, &w);
    if (e->times != w.times)
        error = 0;
    wait_end();
    leave(&w);
    return error;
}

int
event_wait_until(struct event *event, uint64_t deadline)
{
    struct event_view *e = event_view(event);
    thread_testcancel();
    lock_take(&e->inner);
    if (!e->set)
        return block_until_set(e, deadline);
    lock_release(&e->inner);
    return 0;
}
