/* SPDX-License-Identifier: MIT */
/*
 * yardstick.h - what the kernel itself takes for the same, in the same run.
 *
 * A time in nanoseconds is this machine's and this minute's. What a model costs
 * can only be judged beside something else that was measured in the same run:
 * a kernel thread and a process, made and switched without any of our code.
 *
 * Who measures a cost takes the shortest of many: that is what it takes when
 * nobody disturbs, and on a busy machine somebody always does.
 */
#ifndef DEMO_YARDSTICK_H
#define DEMO_YARDSTICK_H

#include <stdint.h>

/* Make one that does nothing, and wait for its end; ns. */
double yardstick_create_thread(void);
double yardstick_create_process(void);

/* Hand a token to another one and get it back, so many times, both on the
 * caller's CPU; ns for one hand-over. */
double yardstick_switch_threads(int times);
double yardstick_switch_processes(int times);

/* The shorter of two times. */
static inline void
yardstick_keep(double *shortest, double ns)
{
    if (*shortest == 0 || ns < *shortest)
        *shortest = ns;
}

#endif
