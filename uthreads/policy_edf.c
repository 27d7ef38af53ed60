/* SPDX-License-Identifier: MIT */
/*
 * policy_edf.c - the earliest deadline first.
 *
 * Liu and Layland (1973): if any order meets all deadlines of a set of threads
 * on one CPU, this one does. A thread without a deadline comes after all that
 * have one, first come, first served. A deadline is only a key here: nobody
 * looks at a clock, and one that has passed is simply early.
 *
 * The list is kept in order of deadline: O(n) to insert; n is small.
 */
#include "policy.h"

static void
edf_enqueue(struct ready_queue *ready, struct uthread *t,
            enum ready_cause cause)
{
    (void)cause;
    struct link *before = ready->threads.last;
    while (before && container_of(before, struct uthread, link)->due > t->due)
        before = before->prev;
    list_insert_after(&ready->threads, before, &t->link);
    ready->count++;
}

static struct uthread *
edf_pick(struct ready_queue *ready)
{
    struct link *link = list_pop(&ready->threads);
    if (!link)
        return NULL;
    ready->count--;
    return container_of(link, struct uthread, link);
}

const struct policy policy_edf = {
    .name = "edf",
    .enqueue = edf_enqueue,
    .pick = edf_pick,
    .remove = policy_remove_from_list,
};
