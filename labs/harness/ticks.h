/* SPDX-License-Identifier: MIT */
/*
 * ticks.h - the kernel's part in preemption, played by the scenario.
 *
 * A real tick comes when it likes. So that a scenario can be played twice, the
 * harness stands between the library and the kernel: it notes how the timer is
 * set, and lets a tick happen where the scenario says, if the timer runs at
 * all. The signal is a real one, and so is all that follows from it.
 *
 *      lab_tick          in the program's own code
 *      lab_visit         in the C library, or in code of the thread library's;
 *                        and then the way out of it
 *
 * The breakpoint of way_out.c is played as well: the harness knows where it was
 * set, and sends its signal when that place is reached.
 */
#ifndef LABS_HARNESS_TICKS_H
#define LABS_HARNESS_TICKS_H

#include "lab.h"
#include "thread.h"

#include <stdlib.h>

#define LAB_QUANTUM (10 * UINT64_C(1000000000)) /* ns: no real tick comes */

enum lab_place { LAB_PROGRAM, LAB_C_LIBRARY, LAB_OWN_LIBRARY };

/* Play the kernel from here on, with or without breakpoints. Before the first
 * call of the library. */
void lab_play_kernel(bool breakpoints);

enum lab_breakpoints { LAB_WITHOUT, LAB_WITH, LAB_EITHER };

/* The challenge, the same (LAB_EITHER: as is drawn), and preemption on. */
static inline void
lab_begin_ticks(enum lab_breakpoints breakpoints)
{
    setenv("UTHREADS_TICK", "cpu", 1);
    lab_begin();
    if (breakpoints == LAB_EITHER)
        breakpoints = (enum lab_breakpoints)lab_random(2);
    lab_play_kernel(breakpoints == LAB_WITH);
    lab_say(0, "preempt: %d", thread_preempt(LAB_QUANTUM));
}

/* Say in this lane how the timer is set, whenever that changes. */
void lab_say_timer(int lane);

/* A tick, if the timer runs. */
void lab_tick(void);

/* Call a library and come back, which is said; on the way a tick, if one is
 * wanted and the timer runs, and `inside`, unless it is NULL. */
void lab_visit(int lane, enum lab_place place, bool tick, void (*inside)(void));

/* ---- What the library has asked the kernel for ---- */

struct lab_timer {
    int live;       /* made and not deleted */
    bool cpu_time;  /* of this thread or process; else real time */
    bool to_thread; /* its signal goes to this kernel thread */
    bool periodic;  /* each time it was set */
    int flags;      /* of the signal's handler */
};

struct lab_timer lab_timer(void);

/* How often the breakpoint was reached. */
int lab_ways_out(void);

/* The next timer_create, or sigaction for its signal, fails with this. */
void lab_refuse_timer(int error);
void lab_refuse_handler(int error);

#endif
