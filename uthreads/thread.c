/* SPDX-License-Identifier: MIT */
/*
 * thread.c - the life of a thread: create, join, detach, exit; and its looks.
 *
 * A thread is one piece of memory: its stack, with the control block at the
 * top. The scheduler moves it between its states; here it is made, ends, and
 * is freed. Who frees it is decided at its end: whoever joins it, or, if it is
 * detached, the scheduler at the next switch, because nobody can free the stack
 * that he stands on.
 */
#include "cancel.h"
#include "context.h"
#include "inherit.h"
#include "key.h"
#include "panic.h"
#include "probe.h"
#include "sched.h"
#include "time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The least a thread can run on: its first context and a few calls. */
#define STACK_LEAST (16u * 1024)

static struct uthread *
find(thread_t thread)
{
    return table_find(&sched_self()->table, thread);
}

/* End the calling thread. Never returns, and says so to no compiler: see
 * context_leave.
 * LAB(lifecycle): the handlers and destructors of cancel.h and key.h; the last
 * one alive ends the process; whose turn is it, and who frees the memory? */
static void
end(struct uthread *t, void *result)
{
    struct sched *s = &the_sched;
    t->cancel_off = true;
    if (t->cleanup)
        cancel_run_handlers(t);
    if (t->values)
        key_run_destructors(t);
    trace_emit(&s->trace, TRACE_EXIT, t->id, 0);
    PROBE1(exit, t->id);
    if (--s->alive == 0)
        exit(0); /* the last one: exit handlers run on its stack */
    order_release(t);
    order_release(t->stack.low);
    t->result = result;
    t->state = THREAD_DONE;
    if (t->joiner && t->joiner->state == THREAD_BLOCKED)
        sched_wake(t->joiner); /* else its cancellation has woken it already */
    if (t->detached)
        table_remove(&s->table, t->id);
    sched_end(t->detached && t->stack.low);
}

void
thread_exit(void *result)
{
    end(sched_self()->current, result);
    panic("thread %lu ran on after its end", thread_self());
}

/* The first function on a thread's stack; it has no caller.
 * LAB(lifecycle): who am I, what am I to run, and what becomes of its result? */
static void
enter(void)
{
    struct uthread *t = the_sched.current;
    fiber_arrive(&t->fiber);
    trace_emit(&the_sched.trace, TRACE_START, t->id, the_sched.trace.tid);
    end(t, t->fn(t->arg));
}

/* Give a thread its name, cut to what fits. */
static void
name(struct uthread *t, const char *words)
{
    memset(t->name, 0, sizeof t->name);
    if (words)
        memccpy(t->name, words, '\0', sizeof t->name - 1);
}

/* Lay out a thread at the top of its stack, below the stack's colour.
 * LAB(lifecycle): a fresh control block, its stack, its first context. */
static struct uthread *
lay_out(struct stack stack)
{
    char *top = stack.low + stack.size - stack_colour(stack);
    struct uthread *t = (struct uthread *)(void *)(top - sizeof *t);
    static const struct uthread fresh; /* by a copy: `rep stos` begins slowly */
    *t = fresh;
    t->stack = stack;
    t->context = context_make(stack.low, t, enter);
    fiber_make(&t->fiber, stack.low, stack.size);
    return t;
}

static bool
is_priority(int priority)
{
    return priority >= 0 && priority <= THREAD_PRIORITY_MAX;
}

/* Enter a thread into the table and the ready queue. Returns 0 or ENOMEM.
 * LAB(lifecycle): see table.h, time.h and sched.h; one more is alive. */
static int
admit(struct sched *s, struct uthread *t)
{
    if (time_reserve(s->alive + 1) != 0)
        return ENOMEM;
    t->id = table_add(&s->table, t);
    if (!t->id)
        return ENOMEM;
    t->creator = s->current->id;
    s->alive++;
    trace_emit(&s->trace, TRACE_CREATE, t->id, (uint32_t)s->current->id);
    if (trace_on)
        trace_name(&s->trace, t->id, t->name);
    PROBE4(create, t->id, t->creator, t->name, t->fn);
    sched_ready(t, READY_NEW);
    return 0;
}

/* LAB(lifecycle): check what was asked for; get a stack; lay out, admit; and
 * if that fails, undo. */
int
thread_create(thread_t *thread, const struct thread_attr *attr,
              void *(*fn)(void *), void *arg)
{
    static const struct thread_attr defaults;
    struct sched *s = sched_self();
    if (!attr)
        attr = &defaults;
    if (!fn || (attr->stack_size && attr->stack_size < STACK_LEAST) ||
        !is_priority(attr->priority))
        return EINVAL;
    if (attr->stack_size > SIZE_MAX / 2) /* or the overhead would wrap it */
        return ENOMEM;

    struct stack stack;
    int error =
        stack_alloc(&stack, attr->stack_size ? attr->stack_size + STACK_HEAD
                                             : STACK_DEFAULT);
    if (error)
        return error;
    order_acquire(stack.low); /* of whoever had it before */
    struct uthread *t = lay_out(stack);
    name(t, attr->name);
    t->fn = fn;
    t->arg = arg;
    t->detached = attr->detached;
    t->priority = t->base_priority = attr->priority;
    t->due = attr->due ? attr->due : UINT64_MAX;
    error = admit(s, t);
    if (error) {
        fiber_free(&t->fiber);
        stack_free(stack);
        return error;
    }
    if (thread)
        *thread = t->id;
    return 0;
}

/* A thread that is DONE and has left its stack goes for good. LAB(lifecycle) */
static void
free_thread(struct uthread *t)
{
    invariant(t->state == THREAD_DONE);
    table_remove(&the_sched.table, t->id);
    if (t->stack.low) {
        fiber_free(&t->fiber);
        stack_free(t->stack);
    }
}

/* Would waiting for t close a circle of joins that ends at self?
 * LAB(lifecycle) */
static bool
joins_back(const struct uthread *t, const struct uthread *self)
{
    while (t && t != self)
        t = t->wait ? t->wait->thread : NULL;
    return t == self;
}

/* LAB(lifecycle) */
static int
wait_for_end(struct uthread *t)
{
    return time_block(&(struct wait){.kind = THREAD_WAIT_JOIN,
                                     .thread = t,
                                     .fd = -1,
                                     .cancellable = true},
                      THREAD_FOREVER);
}

/* LAB(lifecycle): a cancellation point; then the errors of thread.h; then wait
 * by time_block, unless there is nothing to wait for; then free it. */
int
thread_join(thread_t thread, void **result)
{
    cancel_point();
    struct uthread *t = find(thread);
    struct uthread *self = the_sched.current;
    if (!t)
        return ESRCH;
    if (t->detached || t->joiner)
        return EINVAL;
    if (joins_back(t, self))
        return EDEADLK;
    t->joiner = self;
    if (t->state != THREAD_DONE && wait_for_end(t) == ECANCELED) {
        t->joiner = NULL;
        cancel_now();
    }
    order_acquire(t);
    if (result)
        *result = t->result;
    free_thread(t);
    return sched_return(0);
}

/* LAB(lifecycle): who frees a thread that has ended already? */
int
thread_detach(thread_t thread)
{
    struct uthread *t = find(thread);
    if (!t)
        return ESRCH;
    if (t->detached || t->joiner)
        return EINVAL;
    t->detached = true;
    if (t->state == THREAD_DONE)
        free_thread(t);
    return 0;
}

thread_t
thread_self(void)
{
    return sched_self()->current->id;
}

void
thread_yield(void)
{
    sched_self();
    sched_yield_to_others();
}

int
thread_set_name(thread_t thread, const char *words)
{
    struct uthread *t = find(thread ? thread : thread_self());
    if (!t)
        return ESRCH;
    name(t, words);
    trace_name(&the_sched.trace, t->id, t->name);
    return 0;
}

int
thread_set_priority(thread_t thread, int priority)
{
    struct uthread *t = find(thread);
    if (!t)
        return ESRCH;
    if (!is_priority(priority))
        return EINVAL;
    t->base_priority = priority;
    inherit_update(t);
    return 0;
}

int
thread_set_due(thread_t thread, uint64_t due)
{
    struct uthread *t = find(thread);
    if (!t)
        return ESRCH;
    sched_set_key(t, t->priority, due ? due : UINT64_MAX);
    return 0;
}
