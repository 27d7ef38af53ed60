/* SPDX-License-Identifier: MIT */
/*
 * cancel.c - deferred cancellation: a thread is asked to end, and ends where
 * it is safe.
 *
 * A request is noted, and answered at cancellation points. For a thread that
 * is blocked in one there is pthread_cancel, which alone can end a wait in the
 * kernel; but pthreads have more cancellation points than the contract, printf
 * among them. So a thread of ours has pthreads' cancellation switched off, and
 * on only while it waits in a point of the contract (cancel_point).
 *
 * There it also says how to take back what the call had begun. glibc runs that
 * as a clean-up handler, in the frame of the wait, and unwinds the stack only
 * afterwards: so the program's own handlers, which lie in the frames above, are
 * called from there too.
 *
 * A wait in a channel cannot be taken back once it is over, so it is not ended
 * in that way: thread_cancel has it look for itself (channel_look_again).
 */
#include "cancel.h"

#include "key.h"
#include "unwound.h"

#include <errno.h>

int
thread_cancel(thread_t thread)
{
    kthread_self();
    kthread_lock(&the_threads.lock);
    struct kthread *t = table_find(&the_threads.table, thread);
    if (t && !t->done) {
        atomic_store(&t->cancel_asked, true);
        channel_look_again(t);
        pthread_cancel(t->handle);
    }
    pthread_mutex_unlock(&the_threads.lock);
    return t ? 0 : ESRCH;
}

bool
cancel_pending(void)
{
    return atomic_load(&current->cancel_asked) && !current->cancel_off;
}

void
thread_testcancel(void)
{
    kthread_self();
    if (cancel_pending())
        thread_exit(THREAD_CANCELED);
}

bool
thread_set_cancelable(bool on)
{
    struct kthread *t = kthread_self();
    bool was_on = !t->cancel_off;
    t->cancel_off = !on;
    return was_on;
}

void
thread_cleanup_push(struct thread_cleanup *handler, void (*fn)(void *),
                    void *arg)
{
    struct kthread *t = kthread_self();
    *handler = (struct thread_cleanup){fn, arg, t->cleanup};
    t->cleanup = handler;
}

void
thread_cleanup_pop(bool call_it)
{
    struct kthread *t = kthread_self();
    struct thread_cleanup *handler = t->cleanup;
    t->cleanup = handler->next;
    if (call_it)
        handler->fn(handler->arg);
}

void
cancel_run_handlers(struct kthread *t)
{
    while (t->cleanup)
        thread_cleanup_pop(true);
}

struct point {
    void (*undo)(void *);
    void *arg;
};

/* The wait has been cancelled: glibc calls this, and then ends the thread.
 * Main's kernel thread does not end, so it does not return. */
static void
answer(void *point)
{
    struct point *p = point;
    stack_was_unwound();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    if (p->undo)
        p->undo(p->arg);
    if (current->wait.kind)
        wait_end();
    gil_take();
    if (current->is_main)
        thread_exit(THREAD_CANCELED);
    kthread_finish(current, THREAD_CANCELED);
}

int
cancel_point(int (*wait)(void *), void (*undo)(void *), void *arg)
{
    struct point p = {undo, arg};
    bool dropped = gil_drop(); /* unless wait_begin has done so */
    int result;
    pthread_cleanup_push(answer, &p);
    if (!current->cancel_off)
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    result = wait(arg);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_pop(0);
    gil_restore(dropped);
    return result;
}
