/* SPDX-License-Identifier: MIT */
/*
 * once.c - calling a function exactly once, whoever comes first.
 */
#include "sched.h"
#include "sync_view.h"

int
thread_once(struct thread_once *object, void (*fn)(void))
{
    struct once_view *once = (struct once_view *)object;
    sched_self();
    if (once->state == ONCE_DONE)
        return 0;
    if (once->state == ONCE_RUNNING) {
        sched_block(&(struct wait){.kind = THREAD_WAIT_ONCE,
                                   .queue = &once->waiters,
                                   .object = object,
                                   .fd = -1});
        return 0;
    }
    once->state = ONCE_RUNNING;
    fn();
    once->state = ONCE_DONE;
    struct uthread *t;
    while ((t = longest_waiter(&once->waiters)) != NULL)
        sched_wake(t);
    return 0;
}
