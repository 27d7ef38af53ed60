/* SPDX-License-Identifier: MIT */
/*
 * policy_random.c - any ready thread, each as likely as the next.
 *
 * No policy to serve people by, but one to find bugs with: the orders that a
 * program has never been tried in are the ones that break it. The same seed
 * (UTHREADS_SEED) gives the same schedule again.
 *
 * Finding the chosen one walks the list: O(n); n is small.
 */
#include "policy.h"

static void
random_enqueue(struct ready_queue *ready, struct uthread *t,
               enum ready_cause cause)
{
    (void)cause;
    list_append(&ready->threads, &t->link);
    ready->count++;
}

static struct uthread *
random_pick(struct ready_queue *ready)
{
    if (ready->count == 0)
        return NULL;
    uint64_t steps = random_below(&ready->random, ready->count);
    struct link *link = ready->threads.first;
    while (steps-- > 0)
        link = link->next;
    struct uthread *t = container_of(link, struct uthread, link);
    policy_remove_from_list(ready, t);
    return t;
}

const struct policy policy_random = {
    .name = "random",
    .enqueue = random_enqueue,
    .pick = random_pick,
    .remove = policy_remove_from_list,
};
