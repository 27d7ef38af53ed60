/* SPDX-License-Identifier: MIT */
/*
 * schedules.h - a scenario again and again, each time in another order.
 *
 * The library's explorer decides at random who runs at every
 * thread_checkpoint and whenever somebody blocks; where its numbers begin comes
 * from the run's seed, so a run can be repeated.
 */
#ifndef LABS_HARNESS_SCHEDULES_H
#define LABS_HARNESS_SCHEDULES_H

#include "explore.h"
#include "lab.h"
#include "thread.h"

#define POINTS_MOST 5000 /* in one schedule: more is a loop without an end */

/* Play the scenario in so many schedules, an event before each. */
static inline void
lab_schedules(int count, void (*scenario)(void))
{
    static struct exploration exploration = {.strategy = EXPLORE_RANDOM,
                                             .point_limit = POINTS_MOST};
    thread_self();
    for (int i = 1; i <= count; i++) {
        lab_say(0, "schedule %d", i);
        explore_begin(&exploration, lab_random_bits());
        scenario();
    }
}

#endif
