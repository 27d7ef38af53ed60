/* SPDX-License-Identifier: MIT */
/*
 * schedules.h - a scenario again and again, each time in another order.
 *
 * The library's explorer decides who runs at every thread_checkpoint and
 * whenever somebody blocks: at random, by random priorities (PCT), or
 * depth-first, all orders with few preemptions. No strategy finds all; see
 * uthreads/explore.c. How many schedules of each are played comes with the
 * challenge, and where the random numbers begin from its seed, so a run can be
 * repeated. "only=N" asks for one schedule alone: those before it are played
 * without a word, as they were before.
 */
#ifndef LABS_HARNESS_SCHEDULES_H
#define LABS_HARNESS_SCHEDULES_H

#include "explore.h"
#include "lab.h"
#include "thread.h"

#define POINTS_MOST 5000 /* in one schedule: more is a loop without an end */

static struct exploration lab_exploration = {.point_limit = POINTS_MOST,
                                             .horizon = 32};
static unsigned lab_played;

/* One schedule: an event says that it begins. */
static inline void
lab_play(const char *strategy, uint64_t seed, void (*scenario)(void))
{
    unsigned only = lab_option("only", 0);
    lab_played++;
    lab_mute(only && only != lab_played);
    if (only == lab_played)
        lab_chosen();
    lab_say(0, "schedule %u %s", lab_played, strategy);
    explore_begin(&lab_exploration, seed);
    scenario();
    lab_exploration.horizon = lab_exploration.last.points;
}

/* So many of them, each with numbers of its own. */
static inline void
lab_play_drawn(const char *strategy, enum exploration_strategy how,
               void (*scenario)(void))
{
    lab_exploration.strategy = how;
    lab_exploration.depth = lab_option("depth", 3);
    for (unsigned left = lab_option(strategy, 0); left > 0; left--)
        lab_play(strategy, lab_random_bits(), scenario);
}

/* One after another, all with the same numbers, as long as there is another. */
static inline void
lab_play_all(void (*scenario)(void))
{
    uint64_t numbers = lab_random_bits();
    lab_exploration.strategy = EXPLORE_DFS;
    lab_exploration.bound = lab_option("preemptions", 2);
    for (unsigned left = lab_option("dfs", 0); left > 0; left--) {
        lab_reseed(numbers);
        lab_play("dfs", 0, scenario);
        if (!explore_next(&lab_exploration)) {
            lab_say(0, "no other schedule");
            break;
        }
    }
    lab_exploration.forced.length = 0;
}

/* Play the scenario in as many schedules as the challenge asks for. */
static inline void
lab_schedules(void (*scenario)(void))
{
    thread_self();
    lab_play_drawn("random", EXPLORE_RANDOM, scenario);
    lab_play_drawn("pct", EXPLORE_PCT, scenario);
    lab_play_all(scenario);
    lab_mute(false);
}

#endif
