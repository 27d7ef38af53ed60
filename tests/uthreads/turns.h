/* SPDX-License-Identifier: MIT */
/*
 * turns.h - a policy by itself: no stacks and no switches, only what it decides.
 *
 * A bench has some threads that never run. The test plays the scheduler: it
 * makes a thread ready for some cause, asks who is next, and notes the answer.
 */
#ifndef TESTS_UTHREADS_TURNS_H
#define TESTS_UTHREADS_TURNS_H

#include "policy.h"

#include <criterion/criterion.h>

#define BENCH_THREADS 16
#define NOBODY        (-1)

struct bench {
    const struct policy *policy;
    struct ready_queue ready;
    struct uthread threads[BENCH_THREADS];
};

/* All of them, in the order in which UTHREADS_POLICY's message names them. */
static const struct policy *const every_policy[] = {
    &policy_rr,      &policy_fifo,   &policy_priority, &policy_mlfq,
    &policy_lottery, &policy_stride, &policy_edf,      &policy_random};
#define POLICIES (sizeof every_policy / sizeof *every_policy)

static inline void
bench_init(struct bench *b, const struct policy *policy, uint64_t seed)
{
    *b = (struct bench){.policy = policy, .ready.random.state = seed};
    for (int i = 0; i < BENCH_THREADS; i++)
        b->threads[i].due = UINT64_MAX;
}

static inline void
make_ready(struct bench *b, int i, enum ready_cause cause)
{
    b->policy->enqueue(&b->ready, &b->threads[i], cause);
}

/* The number of the thread that is to run next. */
static inline int
next_turn(struct bench *b)
{
    struct uthread *t = b->policy->pick(&b->ready);
    return t ? (int)(t - b->threads) : NOBODY;
}

/* One whole turn, after which the thread is ready again. */
static inline int
take_turn(struct bench *b)
{
    int i = next_turn(b);
    make_ready(b, i, READY_YIELDED);
    return i;
}

#endif
