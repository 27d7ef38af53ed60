/* SPDX-License-Identifier: MIT */
/*
 * lanes.h - the picture: a line of text for each thread, time from left to
 * right, one letter for each state.
 */
#ifndef CLI_LANES_H
#define CLI_LANES_H

#include "timeline.h"

/* How much time the axis shows: the same for all pictures that are to be
 * compared. */
struct axis {
    uint64_t ns;
};

/* What the letters mean; stalled: explain that one too. Once a page. */
void lanes_legend(const struct axis *axis, bool stalled);

/* Print the model in brackets: "(many-to-one, ucontext, io: uring)". */
void lanes_model(const struct timeline *t);

/* Draw a run: its lanes, then the axis. */
void lanes_draw(const struct timeline *t, const struct axis *axis);

/* Draw who ran in which order, each turn as wide as the next however long it
 * took; of too many turns the last. Changes the times in t to turns. */
void lanes_draw_turns(struct timeline *t);

/* Does any thread stall in the kernel for long enough to be seen? */
bool lanes_stall(const struct timeline *t, const struct axis *axis);

/* Say what this recording lacks: lost records, no kernel lanes. */
void lanes_losses(const struct timeline *t);

#endif
