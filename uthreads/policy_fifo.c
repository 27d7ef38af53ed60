/* SPDX-License-Identifier: MIT */
/*
 * policy_fifo.c - first come, first served.
 *
 * Whoever has the CPU keeps it until it blocks, ends or yields: a thread whose
 * quantum is over goes back to the front of the line, and so runs on. Long
 * threads make short ones wait (the convoy effect), which is what the other
 * policies are for.
 */
#include "policy.h"

static void
fifo_enqueue(struct ready_queue *ready, struct uthread *t,
             enum ready_cause cause)
{
    if (cause == READY_PREEMPTED)
        list_prepend(&ready->threads, &t->link);
    else
        list_append(&ready->threads, &t->link);
    ready->count++;
}

static struct uthread *
fifo_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    ready->count -= link != NULL;
    return link ? container_of(link, struct uthread, link) : NULL;
}

const struct policy policy_fifo = {
    .name = "fifo",
    .enqueue = fifo_enqueue,
    .pick = fifo_pick,
    .remove = policy_remove_from_list,
};
