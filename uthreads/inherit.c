/* SPDX-License-Identifier: MIT */
/*
 * inherit.c - priority inheritance: who is waited for is as urgent as who
 * waits.
 *
 * Priority inversion: high waits for a mutex that low holds, and low does not
 * get the CPU because medium has it. So medium, which needs nothing of either,
 * holds up high for as long as it likes. (It reset the Mars Pathfinder in
 * 1997.) The cure, after Sha, Rajkumar and Lehoczky (1990): low inherits the
 * priority of high until it unlocks; and if low itself waits for a mutex, its
 * holder inherits in turn, down the chain.
 *
 *      high --waits for--> [mutex] --held by--> low --waits for--> ...
 *      priority 9                               effective 9, own 1
 *
 * Nothing is added up or counted: the effective priority is the maximum of the
 * thread's own and those of all who wait for a mutex it holds, computed anew
 * whenever that may have changed. So a loan cannot be forgotten.
 */
#include "inherit.h"

#include "sched.h"

static struct uthread *
holder(const struct mutex_view *m)
{
    return table_find(&the_sched.table, m->owner);
}

/* The mutex that a thread waits for, or NULL. */
static struct mutex_view *
waits_for(const struct uthread *t)
{
    bool waits = t->wait && t->wait->kind == THREAD_WAIT_MUTEX;
    return waits ? (struct mutex_view *)(uintptr_t)t->wait->object : NULL;
}

/* LAB(scheduling): the highest of its own, and of all that it is lent. */
static int
effective(const struct uthread *t)
{
    int highest = t->base_priority;
    for (const struct mutex_view *m = t->holds; m; m = m->next_held)
        for (struct link *l = m->waiters.first; l; l = l->next) {
            int lent = container_of(l, struct uthread, link)->priority;
            highest = lent > highest ? lent : highest;
        }
    return highest;
}

/* Down the chain of who waits for whom, as long as anything changes. A circle
 * (a deadlock) ends it too, since priorities in it can only rise so far.
 * LAB(scheduling): what is its priority now, and whom else does that change? */
void
inherit_update(struct uthread *t)
{
    while (t) {
        int priority = effective(t);
        if (priority == t->priority)
            return;
        sched_set_key(t, priority, t->due);
        const struct mutex_view *m = waits_for(t);
        t = m ? holder(m) : NULL;
    }
}

/* LAB(scheduling): one more that it holds. */
void
inherit_take(struct uthread *t, struct mutex_view *m)
{
    m->next_held = t->holds;
    t->holds = m;
    inherit_update(t);
}

/* LAB(scheduling): one less; and what was lent for it? */
void
inherit_release(struct uthread *t, struct mutex_view *m)
{
    struct mutex_view **link = &t->holds;
    while (*link && *link != m)
        link = &(*link)->next_held;
    if (*link)
        *link = m->next_held;
    m->next_held = NULL;
    inherit_update(t);
}

/* LAB(scheduling): who inherits, and who inherits from that one? */
void
inherit_lend(struct mutex_view *m)
{
    struct uthread *lender = the_sched.current;
    struct uthread *t = holder(m);
    while (t && t->priority < lender->priority) {
        sched_set_key(t, lender->priority, t->due);
        const struct mutex_view *next = waits_for(t);
        t = next ? holder(next) : NULL;
    }
}

/* LAB(scheduling): one waits no more. */
void
inherit_withdraw(struct mutex_view *m)
{
    struct uthread *t = holder(m);
    if (t)
        inherit_update(t);
}
