/* SPDX-License-Identifier: MIT */
/*
 * cancel.c - deferred cancellation: a thread is asked to end, and ends where
 * it is safe.
 *
 * To end a thread at any instruction would leave locks held and data half
 * changed. So a request is only noted, and answered at cancellation points:
 * the calls that may block for long. A thread that is blocked in one is woken
 * with the news; the call then takes back what it had begun (a place in a
 * line, an operation the kernel is working on) before the thread ends.
 */
#include "cancel.h"

#include "sched.h"

#include <errno.h>

int
thread_cancel(thread_t thread)
{
    struct uthread *t = table_find(&sched_self()->table, thread);
    if (!t)
        return ESRCH;
    order_release(&t->cancel_asked);
    t->cancel_asked = true;
    if (t->state == THREAD_BLOCKED && t->wait->cancellable && !t->cancel_off) {
        t->wait_error = ECANCELED;
        sched_wake(t);
    }
    return 0;
}

void
thread_testcancel(void)
{
    cancel_point();
}

bool
thread_set_cancelable(bool on)
{
    struct uthread *t = sched_self()->current;
    bool was_on = !t->cancel_off;
    t->cancel_off = !on;
    return was_on;
}

void
thread_cleanup_push(struct thread_cleanup *handler, void (*fn)(void *),
                    void *arg)
{
    struct uthread *t = sched_self()->current;
    *handler = (struct thread_cleanup){fn, arg, t->cleanup};
    t->cleanup = handler;
}

void
thread_cleanup_pop(bool call_it)
{
    struct uthread *t = sched_self()->current;
    struct thread_cleanup *handler = t->cleanup;
    t->cleanup = handler->next;
    if (call_it)
        handler->fn(handler->arg);
}

void
cancel_now(void)
{
    order_acquire(&the_sched.current->cancel_asked);
    thread_exit(THREAD_CANCELED);
}

void
cancel_run_handlers(struct uthread *t)
{
    while (t->cleanup)
        thread_cleanup_pop(true);
}
