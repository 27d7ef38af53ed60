/* SPDX-License-Identifier: MIT */
/*
 * policy_rr.c - round robin: the ready queue is first in, first out.
 *
 * A thread that yields, or whose quantum is over, goes to the back, so n ready
 * threads take turns in a fixed order and none waits for more than n - 1
 * others.
 */
#include "policy.h"

static void
rr_enqueue(struct ready_queue *ready, struct uthread *t, enum ready_cause cause)
{
    (void)cause;
    list_append(&ready->threads, &t->link);
    ready->count++;
}

static struct uthread *
rr_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    if (!link)
        return NULL;
    ready->count--;
    return container_of(link, struct uthread, link);
}

const struct policy policy_rr = {
    .name = "rr",
    .enqueue = rr_enqueue,
    .pick = rr_pick,
    .remove = policy_remove_from_list,
};
