/* SPDX-License-Identifier: MIT */
/*
 * explore.c - schedules, one after another, until one breaks the program.
 *
 * A concurrency bug needs a certain order of events that a program may meet
 * once in a million runs, and then never again. But user-level threads run in
 * exactly the order that the policy decides; so the policy is made to try
 * orders, and to write down which. What breaks can then be repeated as often
 * as one likes.
 *
 * A decision is made whenever several threads could run: when one blocks,
 * yields or ends, and at every thread_checkpoint, where the running thread may
 * go on (choice 0) or be preempted. Three ways to decide:
 *
 *   random  each choice as likely as the next.
 *   PCT     every thread has a random priority and the highest runs; at d - 1
 *           random points the running thread falls below all that have not
 *           fallen yet. A bug that needs d events in a certain order is met
 *           with a probability of at least 1/(n k^(d-1)) for n threads and k
 *           points: Burckhardt et al., "A Randomized Scheduler with
 *           Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
 *   DFS     all schedules in turn, with no more than so many preemptions: most
 *           bugs need one or two (Musuvathi and Qadeer, "Iterative Context
 *           Bounding", PLDI 2007). Each run repeats the last but for its last
 *           decision that leaves another choice.
 *
 * Time is no choice of ours: threads that sleep are woken when nobody else can
 * run, in the order of their deadlines.
 */
#include "explore.h"

#include "panic.h"
#include "sched.h"

#include <limits.h>
#include <unistd.h>

#define PCT_DEPTH_MOST 16

bool exploring;

static struct {
    struct exploration *asked;
    struct random random;
    bool may_go_on; /* the first in the queue has been interrupted */

    /* PCT: at which point to fall, and how low. */
    struct fall {
        uint64_t point;
        uint64_t priority;
    } falls[PCT_DEPTH_MOST];
} now;

/* ---- To decide ---- */

static struct uthread *
nth(const struct ready_queue *ready, unsigned n)
{
    struct link *link = ready->threads.first;
    while (n-- > 0)
        link = link->next;
    return container_of(link, struct uthread, link);
}

/* The place of the thread with the highest priority. */
static unsigned
highest(const struct ready_queue *ready)
{
    unsigned best = 0;
    for (unsigned i = 0; i < ready->count; i++) {
        struct uthread *t = nth(ready, i);
        if (!t->key) /* main, and whoever is new */
            t->key = PCT_DEPTH_MOST + 1 + random_next(&now.random) / 2;
        if (t->key > nth(ready, best)->key)
            best = i;
    }
    return best;
}

static void
swap_priorities(struct fall *a, struct fall *b)
{
    uint64_t priority = a->priority;
    a->priority = b->priority;
    b->priority = priority;
}

/* Let whoever would run fall if this is a point for it, and look again. */
static unsigned
choose_by_pct(const struct ready_queue *ready)
{
    unsigned best = highest(ready);
    for (unsigned i = 0; i + 1 < now.asked->depth; i++)
        if (now.falls[i].point == now.asked->last.points) {
            nth(ready, best)->key = now.falls[i].priority;
            best = highest(ready);
        }
    return best;
}

/* The priorities in any order: of two falls at the same point, either may be
 * the deeper one. */
static void
draw_falls(const struct exploration *e)
{
    for (unsigned i = 0; i + 1 < e->depth; i++) {
        struct fall *other = &now.falls[random_below(&now.random, i + 1)];
        now.falls[i].priority = i + 1;
        now.falls[i].point = 1 + random_below(&now.random, e->horizon);
        swap_priorities(&now.falls[i], other);
    }
}

static unsigned
choose(const struct ready_queue *ready, uint32_t step)
{
    const struct exploration *e = now.asked;
    if (step < e->forced.length) {
        unsigned wanted = e->forced.at[step].chosen;
        return wanted < ready->count ? wanted : 0;
    }
    switch (e->strategy) {
    case EXPLORE_RANDOM:
        return (unsigned)random_below(&now.random, ready->count);
    case EXPLORE_PCT: return choose_by_pct(ready);
    default: return 0;
    }
}

static void
stop_if_too_long(const struct schedule *s)
{
    if (s->points < now.asked->point_limit && s->length < EXPLORATION_DECISIONS)
        return;
    say("threadbare: explore: still running after %u points: a loop that does "
        "not end?\n",
        (unsigned)s->points);
    _exit(EXPLORE_TOO_LONG);
}

/* Which of the ready threads, by its place in the queue. */
static unsigned
decide(const struct ready_queue *ready)
{
    struct schedule *s = &now.asked->last;
    stop_if_too_long(s);
    s->points++;
    if (ready->count < 2)
        return 0;
    unsigned chosen = choose(ready, s->length);
    s->at[s->length++] = (struct decision){
        .choices =
            (uint16_t)(ready->count < UINT16_MAX ? ready->count : UINT16_MAX),
        .chosen = (uint16_t)chosen,
        .preempts = now.may_go_on};
    return chosen;
}

/* ---- The policy ---- */

/* Whoever is interrupted stays first: to let it go on is choice 0. */
static void
explore_enqueue(struct ready_queue *ready, struct uthread *t,
                enum ready_cause cause)
{
    if (cause == READY_NEW || cause == READY_YIELDED)
        t->key = 0; /* PCT draws it a priority, or a new one: whoever yields
                       in a loop waits for somebody else */
    now.may_go_on = cause == READY_PREEMPTED;
    if (now.may_go_on)
        list_insert_after(&ready->threads, NULL, &t->link);
    else
        list_append(&ready->threads, &t->link);
    ready->count++;
}

static struct uthread *
explore_pick(struct ready_queue *ready)
{
    if (ready->count == 0)
        return NULL;
    struct uthread *t = nth(ready, decide(ready));
    policy_remove_from_list(ready, t);
    now.may_go_on = false;
    return t;
}

const struct policy policy_explore = {
    .name = "explore",
    .enqueue = explore_enqueue,
    .pick = explore_pick,
    .remove = policy_remove_from_list,
};

void
explore_point(void)
{
    if (the_sched.ready.count > 0)
        sched_preempt();
}

/* ---- One run after another ---- */

void
explore_begin(struct exploration *e, uint64_t seed)
{
    now.asked = e;
    now.random.state = seed;
    now.may_go_on = false;
    if (e->depth > PCT_DEPTH_MOST)
        e->depth = PCT_DEPTH_MOST;
    if (e->strategy == EXPLORE_PCT)
        draw_falls(e);
    the_sched.main.key = 0;
    the_sched.policy = &policy_explore;
    the_sched.until_look = UINT_MAX; /* the clock decides nothing */
    the_sched.next_poll = UINT64_MAX;
    e->last.length = e->last.points = 0;
    exploring = true;
}

/* Preemptions among the first decisions. */
static uint32_t
preemptions(const struct schedule *s, uint32_t length)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < length; i++)
        count += s->at[i].preempts && s->at[i].chosen > 0;
    return count;
}

bool
explore_next(struct exploration *e)
{
    const struct schedule *s = &e->last;
    for (uint32_t i = s->length; i-- > 0;) {
        struct decision d = s->at[i]; /* any other choice preempts, or none */
        if (d.chosen + 1 >= d.choices ||
            preemptions(s, i) + d.preempts > e->bound)
            continue;
        e->forced = *s;
        e->forced.at[i].chosen++;
        e->forced.length = i + 1;
        return true;
    }
    return false;
}
