/* SPDX-License-Identifier: MIT */
/*
 * sched.h - the scheduler: who has the CPU, and how it changes hands.
 *
 * Everything that is one per process today lies in struct sched and is reached
 * through sched_self(), so that many-to-many can have one per kernel thread.
 */
#ifndef UTHREADS_SCHED_H
#define UTHREADS_SCHED_H

#include "context.h"
#include "helpers.h"
#include "policy.h"
#include "table.h"
#include "trace.h"
#include "uthread.h"

/*
 * How the scheduler hears of the world outside: deadlines and completions.
 * Filled in by the floors above (start.c); the scheduler itself knows nothing
 * of time or I/O.
 */
struct events {
    /* Wake whoever's event has come. Never waits. */
    void (*poll)(void);

    /* Nobody is ready: wait until an event comes, and wake whoever it is for.
     * False if nothing is awaited, so that none can ever come. */
    bool (*wait)(void);

    /* No event can come, and the threads that are left are all blocked: a
     * deadlock. Reports it and ends the process; never returns. */
    void (*stuck)(void);
};

struct sched {
    struct uthread *current; /* the running thread; NULL: not started yet */
    struct uthread *dead;    /* has left its stack for good: to be freed */
    void *last_caller;       /* see sched_return */
    int *error;              /* the errno of the kernel thread under us */

    const struct policy *policy;
    struct ready_queue ready;

    struct events events;
    unsigned until_look; /* switches before the clock is looked at again */
    uint64_t next_poll;  /* ticks */

    void (*on_ready)(void); /* called when a thread becomes ready; or NULL */

    bool accounting;      /* is run time counted? reads the clock each switch */
    uint64_t switched_at; /* ticks */

    struct table table; /* every thread that has not been freed */
    size_t alive;       /* threads that have not ended */

    struct uthread main;
    struct uthread idle; /* runs when nobody is ready; not in the table */

    struct helpers helpers; /* kernel threads that wait in our place */

    struct trace_cursor trace;
};

extern struct sched the_sched __attribute__((visibility("hidden")));

/* The first contract call: makes the caller thread 1 and opens every room.
 * Defined in start.c, the one file that knows them all. */
void start(void);

/* The scheduler of the calling kernel thread, started if need be. */
static inline struct sched *
sched_self(void)
{
    if (__builtin_expect(!the_sched.current, 0))
        start();
    return &the_sched;
}

/* Make the caller thread `main`, and an idle thread beside it. Returns 0 or
 * the errno number for which the idle thread has no stack. */
int sched_start(const struct policy *policy, uint64_t seed,
                struct events events);

/* Put a thread into the ready queue. Never switches. */
void sched_ready(struct uthread *t, enum ready_cause cause);

/* Change the effective priority or the due time of a thread, wherever it is.
 * Never switches. */
void sched_set_key(struct uthread *t, int priority, uint64_t due);

/* Let the other ready threads run first. Switches. */
void sched_yield_to_others(void);

/* For a thread that goes on without a switch, though it could wait: hear of
 * events if it is time. Never switches. */
void sched_hear(void);

/*
 * Block the calling thread: append it to wait->queue if there is one, and
 * switch. Returns when somebody has woken it. The caller has made sure that
 * somebody will; between its last look at the condition it waits for and this
 * call no other thread can run, so no wake-up is lost.
 */
void sched_block(const struct wait *wait);

/*
 * The value, for a public call that has blocked to return as its last word. If
 * the thread that blocked last did so from another place in the program, the
 * processor expects to return there: then by a jump. (It only matters for
 * speed that last_caller is right.)
 */
static inline int
sched_return(int value)
{
    if (the_sched.last_caller == __builtin_return_address(0))
        return value;
    return context_return(value);
}

/* Make a blocked thread ready, and take it off the queue it waits in. Never
 * switches: the caller goes on. */
void sched_wake(struct uthread *t);

/* Take the CPU from the running thread, whose quantum is over: it goes back to
 * the ready queue. Also from a signal handler that has interrupted it, if that
 * was in the program's own code. Switches. */
void sched_preempt(void);

/* The thread that has waited longest in this line; NULL if it is empty. */
static inline struct uthread *
longest_waiter(const struct list *queue)
{
    return list_empty(queue) ? NULL
                             : container_of(queue->first, struct uthread, link);
}

/* The one that has waited longest among those with the highest priority. */
struct uthread *sched_most_urgent(const struct list *queue);

/* The thread in this line that is to go on first: the one that has waited
 * longest, or where priorities count, longest among the highest. */
static inline struct uthread *
sched_first_waiter(const struct list *queue)
{
    return the_sched.policy->by_priority ? sched_most_urgent(queue)
                                         : longest_waiter(queue);
}

/* End the calling thread, which is DONE. If it must be freed, that happens at
 * the next switch after this one, when it has left its stack. Never returns,
 * as context_leave does not. */
void sched_end(bool free_it);

/* Count every thread's run time from here on. Costs a look at the clock at
 * each switch, so it is off unless a trace or UTHREADS_ACCOUNTING wants it. */
void sched_account(void);

/* CPU time of a thread up to this moment, in ticks; 0 if it is not counted. */
uint64_t sched_run_ticks(const struct uthread *t);

#endif
