/* SPDX-License-Identifier: MIT */
/*
 * policy_rr.c - round robin: the ready queue is first in, first out.
 *
 * A thread that yields (or one day is preempted) goes to the back, so n ready
 * threads take turns in a fixed order and none waits for more than n - 1
 * others.
 */
#include "policy.h"

static void
rr_enqueue(struct ready_queue *ready, struct uthread *thread)
{
    list_append(&ready->threads, &thread->link);
}

static struct uthread *
rr_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    return link ? container_of(link, struct uthread, link) : NULL;
}

const struct policy policy_rr = {
    .name = "rr",
    .enqueue = rr_enqueue,
    .pick = rr_pick,
};
