/* SPDX-License-Identifier: MIT */
/*
 * policy.h - who runs next.
 *
 * The policy owns the ready queue and decides the order in it, and nothing
 * else: it touches no state, no context and no clock. The scheduler asks; the
 * policy answers; the same questions get the same answers.
 */
#ifndef UTHREADS_POLICY_H
#define UTHREADS_POLICY_H

#include "list.h"
#include "uthread.h"

/* The threads that are ready. Which fields are used is the policy's choice. */
struct ready_queue {
    struct list threads;
};

struct policy {
    const char *name; /* as UTHREADS_POLICY spells it */

    /* A thread has become ready. */
    void (*enqueue)(struct ready_queue *ready, struct uthread *thread);

    /* Take out the thread to run next; NULL if none is ready. */
    struct uthread *(*pick)(struct ready_queue *ready);
};

extern const struct policy policy_rr;

#endif
