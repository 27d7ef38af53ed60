/* SPDX-License-Identifier: MIT */
/*
 * once.c - calling a function exactly once, whoever comes first.
 */
#include "sched.h"
#include "sync_view.h"

static void
wake_all(struct once_view *once)
{
    struct uthread *t;
    while ((t = longest_waiter(&once->waiters)) != NULL)
        sched_wake(t);
}

/* fn will not come back: whoever waits has another try. */
static void
give_up(void *object)
{
    struct once_view *once = object;
    once->state = ONCE_NEW;
    wake_all(once);
}

static void
run(struct once_view *once, void (*fn)(void))
{
    struct thread_cleanup handler;
    once->state = ONCE_RUNNING;
    thread_cleanup_push(&handler, give_up, once);
    fn();
    thread_cleanup_pop(false);
    once->state = ONCE_DONE;
    order_release(once);
    wake_all(once);
}

int
thread_once(struct thread_once *object, void (*fn)(void))
{
    struct once_view *once = (struct once_view *)object;
    sched_self();
    while (once->state == ONCE_RUNNING)
        sched_block(&(struct wait){.kind = THREAD_WAIT_ONCE,
                                   .queue = &once->waiters,
                                   .object = object,
                                   .fd = -1});
    if (once->state == ONCE_NEW)
        run(once, fn);
    order_acquire(once);
    return 0;
}
