/* SPDX-License-Identifier: MIT */
/*
 * policy.h - who runs next.
 *
 * The policy owns the ready queue and decides the order in it, and nothing
 * else: it touches no state, no context and no clock. The scheduler asks; the
 * policy answers; the same questions (and the same seed) get the same answers.
 * Time comes in turns: one turn is from being picked to leaving the CPU.
 */
#ifndef UTHREADS_POLICY_H
#define UTHREADS_POLICY_H

#include "list.h"
#include "random.h"
#include "uthread.h"

#define POLICY_LEVELS (THREAD_PRIORITY_MAX + 1)

/* The threads that are ready. Which fields are used is the policy's choice. */
struct ready_queue {
    struct list threads;
    size_t count;

    struct list level[POLICY_LEVELS]; /* one list a priority, or a level */
    uint64_t occupied;                /* bit i: level[i] is not empty */

    uint64_t turns;       /* mlfq: picks so far */
    uint64_t pass;        /* stride: how far the pass has come */
    struct random random; /* lottery, random */
};

/* Why a thread is ready now. */
enum ready_cause {
    READY_NEW,
    READY_WOKEN,
    READY_YIELDED,
    READY_PREEMPTED, /* its quantum was over: it had not finished its turn */
    READY_MOVED      /* it was ready before, with another key */
};

struct policy {
    const char *name; /* as UTHREADS_POLICY spells it */

    /* Do priorities count: are they inherited, and do they order waiters? */
    bool by_priority;

    /* A thread has become ready. */
    void (*enqueue)(struct ready_queue *ready, struct uthread *thread,
                    enum ready_cause cause);

    /* Take out the thread to run next; NULL if none is ready. */
    struct uthread *(*pick)(struct ready_queue *ready);

    /* Take out this one: its key is about to change. */
    void (*remove)(struct ready_queue *ready, struct uthread *thread);
};

extern const struct policy policy_fifo, policy_rr, policy_priority, policy_mlfq,
    policy_lottery, policy_stride, policy_edf,
    policy_random __attribute__((visibility("hidden")));

/* The tickets of a thread, for policies that share out by tickets. */
static inline unsigned
policy_tickets(const struct uthread *t)
{
    return (unsigned)t->priority + 1;
}

/* For policies that keep one list. */
static inline void
policy_remove_from_list(struct ready_queue *ready, struct uthread *t)
{
    list_remove(&ready->threads, &t->link);
    ready->count--;
}

#endif
