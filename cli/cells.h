/* SPDX-License-Identifier: MIT */
/*
 * cells.h - a lane cut into columns: what does one letter stand for?
 *
 * A column stands for a few milliseconds, and in one of them a user-level
 * thread may have been given the CPU ten thousand times. So a cell does not
 * show the state at an instant, which would be chance, but what the thread got
 * of that span: running if it ran in a real part of it (RAN_AT_LEAST), else
 * the state that it was in for longest. Threads that take turns therefore all
 * appear to run at once, and the legend says by which rule.
 */
#ifndef CLI_CELLS_H
#define CLI_CELLS_H

#include "timeline.h"

#define RAN_AT_LEAST 0.03 /* of a cell, or of the thread's life in it */
enum { CELLS_MOST = 120 };

struct cell {
    double in[STATES]; /* ns in each state */
    double why_ns;     /* the longest wait in it ... */
    uint32_t why;      /* ... and its reason */
    enum state state;  /* what the cell shows */
};

/* Cut a lane into so many cells of so many nanoseconds each, from time 0. */
void cells_fill(const struct lane *lane, double cell_ns, struct cell *cells,
                int count);

#endif
