/* SPDX-License-Identifier: MIT */
/*
 * sched.c - the scheduler: ready queue, dispatch, block, wake.
 *
 * One kernel thread, one running user-level thread, the others parked. The
 * leaving thread hands over to the next directly, with no scheduler context
 * between them. Every way to leave
 * (yield, block, end) changes the state first.
 *
 *      yield: RUNNING -> READY, enqueue ---\
 *      block: RUNNING -> BLOCKED, queue ----> leave: poll?, pick, switch_to
 *      end:   DONE -------------------------/
 *
 * When nobody is ready the idle thread runs. It has a stack of its own because
 * the thread that left last may be dead, and its stack about to be freed. It
 * waits in the kernel for the next event; if none can come, the threads that
 * are blocked will be so for ever: that is a proof of deadlock.
 *
 * Events must be heard even if some thread is always ready, so whoever leaves
 * polls for them, about every 50 microseconds (see look_at_clock); and so does
 * whoever has no need to leave (sched_hear).
 *
 * A switch is worth some 30 instructions, so what most switches do not need
 * stands apart, marked SELDOM.
 *
 * Nothing here is interrupted: user-level threads are cooperative, so each
 * function is a critical section as it stands.
 */
#include "sched.h"

#include "context.h"
#include "panic.h"
#include "policy_rr.h"
#include "probe.h"
#include "seldom.h"

#include <errno.h>

/* About 50 us by a processor's counter, or by nanoseconds: how often is no
 * matter of precision. */
#define POLL_TICKS (clock_ticks_are_tsc ? 150000u : 50000u)

#define LOOK_EVERY 16

struct sched the_sched;

/* Ask the policy. Round robin, which is the policy if no other is wanted, is
 * known by name and becomes part of the code here. */
static inline void
enqueue(struct sched *s, struct uthread *t, enum ready_cause cause)
{
    if (__builtin_expect(s->policy == &policy_rr, 1))
        rr_enqueue(&s->ready, t, cause);
    else
        s->policy->enqueue(&s->ready, t, cause);
}

static inline struct uthread *
pick(struct sched *s)
{
    if (__builtin_expect(s->policy == &policy_rr, 1))
        return rr_pick(&s->ready);
    return s->policy->pick(&s->ready);
}

/* Free the stack of a thread that has ended, now that it has left it. */
static void
free_dead(struct sched *s)
{
    struct stack stack = s->dead->stack; /* the control block lies on it too */
    fiber_free(&s->dead->fiber);
    s->dead = NULL;
    stack_free(stack);
}

/* Charge the time since the last switch to the thread that used it, and record
 * who follows. Identifier 0 is the idle thread. */
static void
account(struct sched *s, struct uthread *prev, const struct uthread *next)
{
    uint64_t now = clock_ticks();
    prev->run_ticks += now - s->switched_at;
    s->switched_at = now;
    if (trace_on)
        trace_record(&s->trace, now, next->id ? TRACE_RUN : TRACE_IDLE,
                     (uint32_t)next->id, (uint32_t)prev->id);
}

/* Returns `next`, so that the caller need not save it across the call. */
SELDOM static struct uthread *
before_switch(struct sched *s, struct uthread *next)
{
    if (s->accounting)
        account(s, s->current, next);
    if (s->dead && s->dead != s->current)
        free_dead(s);
    return next;
}

/* The CPU is about to change hands. The caller has changed the state of the
 * running thread. Returns whose it is now: `next`. */
static inline struct uthread *
prepare_switch(struct sched *s, struct uthread *next)
{
    struct uthread *prev = s->current;
    invariant(prev->state != THREAD_RUNNING && prev != next);

    if (__builtin_expect(s->accounting || s->dead, 0))
        next = before_switch(s, next);
    PROBE2(switch, prev->id, next->id);
    next->state = THREAD_RUNNING;
    next->switches++;
    s->current = next;
    prev->saved_errno = *s->error;
    *s->error = next->saved_errno;
    return next;
}

/*
 * The one place where a thread is set aside. Returns when somebody switches
 * back to it.
 *
 * The switch is the very last step, and nothing is left to do after it: errno,
 * which all user-level threads share with their kernel thread, already is the
 * next thread's. So the compiler makes the call a jump, and the thread that is
 * continued returns straight to the code that blocked or yielded; it would
 * otherwise return through our own functions, each time to a place that the
 * processor has predicted wrongly.
 */
static void
switch_to(struct sched *s, struct uthread *next)
{
    struct uthread *prev = s->current;
    next = prepare_switch(s, next);
    fiber_leave(&prev->fiber, &next->fiber, false);
    context_switch(&prev->context, next->context);
    fiber_arrive(&prev->fiber); /* nothing, but for a tool that watches */
}

/* Poll, if the last time is about 50 us ago. */
static void
hear_if_due(struct sched *s, uint64_t now)
{
    if (now >= s->next_poll) {
        s->next_poll = now + POLL_TICKS;
        s->events.poll();
    }
}

void
sched_hear(void)
{
    hear_if_due(&the_sched, clock_ticks());
}

/* Hear of events now and then. Looking at the clock costs as much as the
 * rest of a yield, so LOOK_EVERY switches share one look, as long as that many
 * fit well into the interval; a thread that keeps the CPU for longer than the
 * interval has us look at every switch. */
SELDOM static void
look_at_clock(struct sched *s)
{
    uint64_t now = clock_ticks();
    bool late = now >= s->next_poll + POLL_TICKS;
    s->until_look = late ? 0 : LOOK_EVERY - 1;
    hear_if_due(s, now);
}

/* Who is to have the CPU now: whom the policy picks, or else the idle thread.
 * Polling comes first, so a thread that has just blocked may be woken here, and
 * may pick itself. */
static inline struct uthread *
choose(struct sched *s)
{
    if (__builtin_expect(s->until_look-- == 0, 0))
        look_at_clock(s);
    struct uthread *next = pick(s);
    return next ? next : &s->idle;
}

/* Give the CPU away, and return when it has come back. */
static void
leave(struct sched *s)
{
    struct uthread *next = choose(s);
    if (next == s->current)
        next->state = THREAD_RUNNING;
    else
        switch_to(s, next);
}

/* The idle thread: hand over to whoever is ready, else wait for an event. */
static void
idle(void)
{
    struct sched *s = &the_sched;
    fiber_arrive(&s->idle.fiber);
    for (;;) {
        struct uthread *next = pick(s);
        if (next) {
            s->idle.state = THREAD_READY;
            switch_to(s, next);
        } else if (!s->events.wait()) {
            s->events.stuck();
        }
    }
}

int
sched_start(const struct policy *policy, uint64_t seed, struct events events)
{
    struct sched *s = &the_sched;
    int error = stack_alloc(&s->idle.stack, STACK_DEFAULT);
    if (error)
        return error;
    struct stack stack = s->idle.stack;
    s->idle.context = context_make(stack.low, stack.low + stack.size, idle);
    fiber_make(&s->idle.fiber, stack.low, stack.size);
    s->idle.state = THREAD_READY;

    s->error = &errno;
    s->policy = policy;
    s->ready.random.state = seed;
    s->events = events;
    s->next_poll = clock_ticks() + POLL_TICKS;

    s->main.state = THREAD_RUNNING;
    s->main.switches = 1;
    s->alive = 1;
    s->current = &s->main;
    return 0;
}

static inline void
make_ready(struct sched *s, struct uthread *t, enum ready_cause cause)
{
    t->state = THREAD_READY;
    enqueue(s, t, cause);
    if (__builtin_expect(s->on_ready != NULL, 0))
        s->on_ready();
}

void
sched_ready(struct uthread *t, enum ready_cause cause)
{
    make_ready(&the_sched, t, cause);
}

void
sched_set_key(struct uthread *t, int priority, uint64_t due)
{
    struct sched *s = &the_sched;
    bool queued = t->state == THREAD_READY;
    if (queued)
        s->policy->remove(&s->ready, t);
    t->priority = priority;
    t->due = due;
    if (queued)
        enqueue(s, t, READY_MOVED);
}

struct uthread *
sched_most_urgent(const struct list *queue)
{
    struct uthread *first = longest_waiter(queue);
    for (struct link *l = queue->first; l; l = l->next) {
        struct uthread *t = container_of(l, struct uthread, link);
        if (t->priority > first->priority)
            first = t;
    }
    return first;
}

void
sched_yield_to_others(void)
{
    struct sched *s = &the_sched;
    struct uthread *t = s->current;
    trace_emit(&s->trace, TRACE_YIELD, t->id, 0);
    make_ready(s, t, READY_YIELDED);
    leave(s);
}

void
sched_preempt(void)
{
    struct sched *s = &the_sched;
    struct uthread *t = s->current;
    trace_emit(&s->trace, TRACE_PREEMPT, t->id, 0);
    make_ready(s, t, READY_PREEMPTED);
    leave(s);
}

/* What a trace says of a wait: whom, which descriptor, or where the object
 * lies. */
static uint32_t
wait_detail(const struct wait *wait)
{
    if (wait->thread)
        return (uint32_t)wait->thread->id;
    if (wait->call)
        return (uint32_t)wait->fd;
    return (uint32_t)(uintptr_t)wait->object;
}

SELDOM static void
trace_block(struct sched *s, const struct uthread *t)
{
    trace_emit(&s->trace, TRACE_BLOCK, t->id,
               TRACE_WAIT(t->wait->kind, wait_detail(t->wait)));
}

void
sched_block(const struct wait *wait)
{
    struct sched *s = &the_sched;
    struct uthread *t = s->current;
    PROBE4(block, t->id, wait->kind, wait->object, wait->fd);
    t->state = THREAD_BLOCKED;
    t->wait = wait;
    if (wait->queue)
        list_append(wait->queue, &t->link);
    t->wait_since = clock_stamp();
    if (__builtin_expect(trace_on, 0))
        trace_block(s, s->current);
    leave(s);
}

void
sched_wake(struct uthread *t)
{
    struct sched *s = &the_sched;
    invariant(t->state == THREAD_BLOCKED);
    if (__builtin_expect(trace_on, 0))
        trace_emit(&s->trace, TRACE_READY, t->id,
                   s->current == t ? 0 : (uint32_t)s->current->id);
    PROBE1(wake, t->id);
    if (t->wait->queue)
        list_remove(t->wait->queue, &t->link);
    t->wait = NULL;
    make_ready(s, t, READY_WOKEN);
}

void
sched_end(bool free_it)
{
    struct sched *s = &the_sched;
    struct uthread *t = s->current;
    invariant(t->state == THREAD_DONE);
    if (s->dead) /* the one before us: nobody stands on that stack any more */
        free_dead(s);
    s->dead = free_it ? t : NULL;
    struct uthread *next = prepare_switch(s, choose(s));
    fiber_leave(&t->fiber, &next->fiber, true);
    context_leave(next->context);
}

void
sched_account(void)
{
    the_sched.accounting = true;
    the_sched.switched_at = clock_ticks();
}

uint64_t
sched_run_ticks(const struct uthread *t)
{
    struct sched *s = &the_sched;
    bool running = s->accounting && t == s->current;
    return t->run_ticks + (running ? clock_ticks() - s->switched_at : 0);
}
