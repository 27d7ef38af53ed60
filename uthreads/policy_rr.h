/* SPDX-License-Identifier: MIT */
/*
 * policy_rr.h - round robin: the ready queue is first in, first out.
 *
 * A thread that yields, or whose quantum is over, goes to the back, so n ready
 * threads take turns in a fixed order and none waits for more than n - 1
 * others.
 *
 * In a header, because this is the policy if no other is asked for: sched.c
 * compiles it into its own fast path (see sched.c:pick).
 */
#ifndef UTHREADS_POLICY_RR_H
#define UTHREADS_POLICY_RR_H

#include "policy.h"

static inline void
rr_enqueue(struct ready_queue *ready, struct uthread *t, enum ready_cause cause)
{
    (void)cause;
    list_append(&ready->threads, &t->link);
    ready->count++;
}

static inline struct uthread *
rr_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    if (!link)
        return NULL;
    ready->count--;
    return container_of(link, struct uthread, link);
}

#endif
