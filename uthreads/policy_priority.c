/* SPDX-License-Identifier: MIT */
/*
 * policy_priority.c - the highest priority first, round robin among equals.
 *
 * A list for each priority and a word with a bit for each list that is not
 * empty: the highest is found by counting leading zeros, however many threads
 * there are. A thread of low priority may starve; that is what was asked for.
 *
 * The priority that counts is the effective one, which a thread that holds a
 * mutex inherits from those who wait for it (inherit.c).
 */
#include "policy.h"

/* LAB(scheduling): the last of its level. */
static void
priority_enqueue(struct ready_queue *ready, struct uthread *t,
                 enum ready_cause cause)
{
    (void)cause;
    t->level = t->priority;
    list_append(&ready->level[t->level], &t->link);
    ready->occupied |= UINT64_C(1) << t->level;
    ready->count++;
}

/* LAB(scheduling): off the list that it is on, wherever it is by now. */
static void
priority_remove(struct ready_queue *ready, struct uthread *t)
{
    struct list *level = &ready->level[t->level];
    list_remove(level, &t->link);
    if (list_empty(level))
        ready->occupied &= ~(UINT64_C(1) << t->level);
    ready->count--;
}

/* LAB(scheduling): the first of the highest level. */
static struct uthread *
priority_pick(struct ready_queue *ready)
{
    if (!ready->occupied)
        return NULL;
    int highest = 63 - __builtin_clzll(ready->occupied);
    struct link *first = ready->level[highest].first;
    struct uthread *t = container_of(first, struct uthread, link);
    priority_remove(ready, t);
    return t;
}

const struct policy policy_priority = {
    .name = "priority",
    .by_priority = true,
    .enqueue = priority_enqueue,
    .pick = priority_pick,
    .remove = priority_remove,
};
