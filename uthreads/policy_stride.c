/* SPDX-License-Identifier: MIT */
/*
 * policy_stride.c - shares without chance.
 *
 * Waldspurger and Weihl, "Stride Scheduling" (1995). A thread's stride is
 * inversely proportional to its tickets; the thread whose pass is least runs,
 * and its pass moves on by its stride. So passes never lie further apart than
 * one stride, and of the turns of any two threads each has had, to within one
 * turn, the share that its tickets are worth. (Against all the others at once
 * it may be off by more: think of one thread with 50 tickets among 50 with one.)
 *
 * A thread that was blocked must not come back with an old pass and have the
 * CPU to itself until it has caught up: it starts at the pass of now.
 *
 * The list is kept in order of pass: O(n) to insert; n is small.
 */
#include "policy.h"

#define STRIDE_1 (UINT64_C(1) << 20) /* the stride of one ticket */

/* Keep the list in order of key; equal keys in order of arrival. */
static void
insert_by_key(struct ready_queue *ready, struct uthread *t)
{
    struct link *before = ready->threads.last;
    while (before && container_of(before, struct uthread, link)->key > t->key)
        before = before->prev;
    list_insert_after(&ready->threads, before, &t->link);
    ready->count++;
}

static void
stride_enqueue(struct ready_queue *ready, struct uthread *t,
               enum ready_cause cause)
{
    bool was_away = cause == READY_NEW || cause == READY_WOKEN;
    if (was_away && t->key < ready->pass)
        t->key = ready->pass;
    insert_by_key(ready, t);
}

static struct uthread *
stride_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    if (!link)
        return NULL;
    ready->count--;
    struct uthread *t = container_of(link, struct uthread, link);
    ready->pass = t->key;
    t->key += STRIDE_1 / policy_tickets(t);
    return t;
}

const struct policy policy_stride = {
    .name = "stride",
    .enqueue = stride_enqueue,
    .pick = stride_pick,
    .remove = policy_remove_from_list,
};
