/* SPDX-License-Identifier: MIT */
/*
 * turns.h - scenarios in which the policy decides, and a turn is the unit of
 * time.
 *
 * A turn ends when its thread yields or blocks, and nothing else ends it. So
 * who comes next depends on the policy alone, and each run of a scenario is
 * the same, however busy the machine is.
 */
#ifndef LABS_HARNESS_TURNS_H
#define LABS_HARNESS_TURNS_H

#include "lab.h"
#include "thread.h"

#include <stdlib.h>

/* Which policy, before the first call of the library; then the challenge. */
static inline void
lab_begin_with(const char *policy)
{
    setenv("UTHREADS_POLICY", policy, 1);
    lab_begin();
}

/* A new thread of this priority. */
static inline thread_t
lab_create(int priority, void *(*fn)(void *), void *arg)
{
    struct thread_attr attr = {.priority = priority};
    thread_t thread = 0;
    thread_create(&thread, &attr, fn, arg);
    return thread;
}

/* The priority that counts now: its own, or one that it inherits. */
static inline int
lab_priority(thread_t thread)
{
    struct thread_info info = {.priority = -1};
    thread_info(thread, &info);
    return info.priority;
}

#endif
