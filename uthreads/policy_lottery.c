/* SPDX-License-Identifier: MIT */
/*
 * policy_lottery.c - every turn a draw: who has more tickets wins more often.
 *
 * Waldspurger and Weihl, "Lottery Scheduling" (OSDI 1994). A thread with t of
 * T tickets gets t/T of the turns on average, and nobody who has a ticket
 * starves: the chance to lose n draws in a row falls exponentially. In the
 * short run it is as uneven as chance is; compare policy_stride.c.
 *
 * Finding the winner walks the list: O(n); n is small.
 */
#include "policy.h"

static void
lottery_enqueue(struct ready_queue *ready, struct uthread *t,
                enum ready_cause cause)
{
    (void)cause;
    list_append(&ready->threads, &t->link);
    ready->count++;
}

static uint64_t
tickets_in(const struct ready_queue *ready)
{
    uint64_t sum = 0;
    for (struct link *l = ready->threads.first; l; l = l->next)
        sum += policy_tickets(container_of(l, struct uthread, link));
    return sum;
}

static struct uthread *
lottery_pick(struct ready_queue *ready)
{
    if (ready->count == 0)
        return NULL;
    uint64_t ticket = random_below(&ready->random, tickets_in(ready));
    struct link *link = ready->threads.first;
    struct uthread *t = container_of(link, struct uthread, link);
    while (ticket >= policy_tickets(t)) {
        ticket -= policy_tickets(t);
        link = link->next;
        t = container_of(link, struct uthread, link);
    }
    policy_remove_from_list(ready, t);
    return t;
}

const struct policy policy_lottery = {
    .name = "lottery",
    .enqueue = lottery_enqueue,
    .pick = lottery_pick,
    .remove = policy_remove_from_list,
};
