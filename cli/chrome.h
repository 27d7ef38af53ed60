/* SPDX-License-Identifier: MIT */
/*
 * chrome.h - the same lanes for Perfetto and chrome://tracing.
 *
 * The Trace Event Format: one JSON object, an array of events. Here are
 *   M  names: two processes, what the threads did and what the kernel saw,
 *      and in each a row for every thread
 *   X  complete slices: a state that lasted, `ts` and `dur` in microseconds
 *   s, f  the two ends of an arrow: from the thread that woke another to the
 *      first slice in which that one runs
 */
#ifndef CLI_CHROME_H
#define CLI_CHROME_H

#include "timeline.h"

/* Write the file: whole, or not at all. Ends the program with exit status 1,
 * naming the file, when that cannot be done. */
void chrome_write(const struct timeline *t, const char *path);

#endif
