/* SPDX-License-Identifier: MIT */
/*
 * policy_mlfq.c - the multi-level feedback queue: learn what a thread is like
 * from what it does.
 *
 * The rules as in Arpaci-Dusseau, "Operating Systems: Three Easy Pieces",
 * chapter 8 (after Corbato 1962):
 *   1, 2. The highest level first; round robin within a level.
 *   3.    A new thread starts at the highest level.
 *   4.    Once it has used up its allotment at a level, however many times it
 *         gave up the CPU meanwhile, it moves down one.
 *   5.    From time to time every thread moves back to the top.
 * So threads that block soon stay high and answer quickly, threads that
 * compute sink, and rule 5 keeps those from starving.
 *
 * Time is counted in turns, as a policy knows no clock. Level 0 is the highest.
 */
#include "policy.h"

#define LEVELS      8
#define ALLOTMENT   2u  /* turns at the highest level; twice that at the next */
#define BOOST_EVERY 512 /* turns of all threads together */

/* How often rule 5 has applied so far. LAB(scheduling) */
static uint64_t
boosts(const struct ready_queue *ready)
{
    return ready->turns / BOOST_EVERY;
}

/* Rules 3, 4 and 5 for a thread that is on no list. A boost is made up for
 * here, by number: so it costs nothing for the threads that are blocked.
 * LAB(scheduling): has it missed a boost, has it used up its allotment? */
static void
settle(const struct ready_queue *ready, struct uthread *t)
{
    if (t->boosts != boosts(ready)) {
        t->boosts = boosts(ready);
        t->level = 0;
        t->used_turns = 0;
    }
    if (t->used_turns >= ALLOTMENT << t->level && t->level < LEVELS - 1) {
        t->level++;
        t->used_turns = 0;
    }
}

/* LAB(scheduling): the last of its level. */
static void
insert(struct ready_queue *ready, struct uthread *t)
{
    list_append(&ready->level[t->level], &t->link);
    ready->occupied |= UINT64_C(1) << t->level;
    ready->count++;
}

/* LAB(scheduling): its level may be another by now. */
static void
mlfq_enqueue(struct ready_queue *ready, struct uthread *t,
             enum ready_cause cause)
{
    if (cause == READY_NEW)
        t->boosts = boosts(ready);
    settle(ready, t);
    insert(ready, t);
}

/* LAB(scheduling): off the list that it is on. */
static void
mlfq_remove(struct ready_queue *ready, struct uthread *t)
{
    struct list *level = &ready->level[t->level];
    list_remove(level, &t->link);
    if (list_empty(level))
        ready->occupied &= ~(UINT64_C(1) << t->level);
    ready->count--;
}

/* Rule 5, for the threads that are ready: in order of level, so nobody is
 * overtaken by it. LAB(scheduling) */
static void
boost(struct ready_queue *ready)
{
    for (int level = 1; level < LEVELS; level++) {
        struct link *link;
        while ((link = ready->level[level].first) != NULL) {
            struct uthread *t = container_of(link, struct uthread, link);
            mlfq_remove(ready, t);
            settle(ready, t);
            insert(ready, t);
        }
    }
}

/* LAB(scheduling): one turn more; a boost, if it is time; the first of the
 * highest level. */
static struct uthread *
mlfq_pick(struct ready_queue *ready)
{
    if (!ready->occupied)
        return NULL;
    if (++ready->turns % BOOST_EVERY == 0)
        boost(ready);
    int highest = __builtin_ctzll(ready->occupied);
    struct link *first = ready->level[highest].first;
    struct uthread *t = container_of(first, struct uthread, link);
    mlfq_remove(ready, t);
    settle(ready, t); /* the boost left those alone that were at the top */
    t->used_turns++;
    return t;
}

const struct policy policy_mlfq = {
    .name = "mlfq",
    .enqueue = mlfq_enqueue,
    .pick = mlfq_pick,
    .remove = mlfq_remove,
};
