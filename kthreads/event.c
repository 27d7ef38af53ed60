/* SPDX-License-Identifier: MIT */
/*
 * event.c - a flag that threads wait for.
 *
 * Setting it wakes everybody who waits, and they have been let through even if
 * it is cleared again before they run: they wait for the number of times that
 * it was set to change.
 */
#include "cancel.h"
#include "kthread.h"
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
    kthread_lock(&e->inner);
    bool busy = e->waiters > 0;
    while (!busy && e->inside > 0)
        wait_for_leavers(&e->was_set, &e->inner);
    pthread_mutex_unlock(&e->inner);
    return busy ? EBUSY : pthread_cond_destroy(&e->was_set);
}

int
event_set(struct event *event)
{
    struct event_view *e = event_view(event);
    kthread_lock(&e->inner);
    e->set = true;
    e->times++;
    e->waiters = 0;
    pthread_cond_broadcast(&e->was_set);
    pthread_mutex_unlock(&e->inner);
    return 0;
}

int
event_clear(struct event *event)
{
    struct event_view *e = event_view(event);
    kthread_lock(&e->inner);
    e->set = false;
    pthread_mutex_unlock(&e->inner);
    return 0;
}

bool
event_is_set(struct event *event)
{
    struct event_view *e = event_view(event);
    kthread_lock(&e->inner);
    bool set = e->set;
    pthread_mutex_unlock(&e->inner);
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
    uint64_t deadline;
};

static int
wait_until_set(void *arg)
{
    struct event_wait *w = arg;
    struct event_view *e = w->event;
    int error = 0;
    while (e->times == w->times && !error)
        error = wait_inner(&e->was_set, &e->inner, w->deadline);
    return e->times == w->times ? error : 0;
}

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
        pthread_cond_broadcast(&e->was_set);
    pthread_mutex_unlock(&e->inner);
}

/* The caller holds the inner mutex, and no longer does afterwards. */
static int
block_until_set(struct event_view *e, uint64_t deadline)
{
    struct event_wait w = {e, e->times, deadline};
    e->waiters++;
    e->inside++;
    wait_begin((struct wait){.kind = THREAD_WAIT_EVENT, .object = e});
    int error = cancel_point(wait_until_set, leave, &w);
    wait_end();
    leave(&w);
    return error;
}

int
event_wait_until(struct event *event, uint64_t deadline)
{
    struct event_view *e = event_view(event);
    thread_testcancel();
    kthread_lock(&e->inner);
    if (!e->set)
        return block_until_set(e, deadline);
    pthread_mutex_unlock(&e->inner);
    return 0;
}
