/* SPDX-License-Identifier: MIT */
/* explore.h - running a program under schedules of our choice. */
#ifndef UTHREADS_EXPLORE_H
#define UTHREADS_EXPLORE_H

#include "exploration.h"
#include "policy.h"

/* The policy that decides as an exploration asks. */
extern const struct policy policy_explore;

/*
 * If the front end explores this program, serve it: run the rest of the
 * program once for each schedule, in a child process each. Returns in those
 * children only, with true; or at once with false if nobody explores.
 */
bool explore_serve(void);

/* Begin a run: decide by this exploration, and note the decisions in its last
 * schedule. */
void explore_begin(struct exploration *e, uint64_t seed);

/* Make forced the next schedule of a depth-first search, after the run that
 * has ended. False: there is none. */
bool explore_next(struct exploration *e);

/* A point where the running thread may lose the CPU. */
void explore_point(void);

/* Whether an exploration is on. */
extern bool exploring;

#endif
