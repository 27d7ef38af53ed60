/* SPDX-License-Identifier: MIT */
/* cells.c - see cells.h. */
#include "cells.h"

#include <string.h>

static void
add_to_cell(struct cell *cell, const struct interval *interval, double ns)
{
    cell->in[interval->state] += ns;
    if (interval->state < STATE_BLOCKED || ns <= cell->why_ns)
        return;
    cell->why_ns = ns;
    cell->why = interval->why;
}

/* An interval may begin and end in the middle of a cell. */
static void
spread(const struct interval *interval, double cell_ns, struct cell *cells,
       int count)
{
    double from = (double)interval->from / cell_ns;
    double to = (double)interval->to / cell_ns;
    for (int i = (int)from; i < count && i < to; i++) {
        double begin = from > i ? from : i;
        double end = to < i + 1 ? to : i + 1;
        add_to_cell(&cells[i], interval, (end - begin) * cell_ns);
    }
}

static enum state
what_to_show(const struct cell *cell, double cell_ns)
{
    double lived = 0;
    enum state longest = STATE_NONE;
    for (enum state s = STATE_RUNNING; s < STATES; s++) {
        lived += cell->in[s];
        if (cell->in[s] > cell->in[longest])
            longest = s;
    }
    double ran = cell->in[STATE_RUNNING];
    if (ran > 0 && (ran >= RAN_AT_LEAST * cell_ns || ran >= lived / 2))
        return STATE_RUNNING;
    return longest;
}

void
cells_fill(const struct lane *lane, double cell_ns, struct cell *cells,
           int count)
{
    memset(cells, 0, (size_t)count * sizeof *cells);
    for (size_t i = 0; i < lane->count; i++)
        spread(&lane->intervals[i], cell_ns, cells, count);
    for (int i = 0; i < count; i++)
        cells[i].state = what_to_show(&cells[i], cell_ns);
}
