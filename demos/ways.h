/* SPDX-License-Identifier: MIT */
/*
 * ways.h - the ways from one process to another.
 *
 * All are opened before the fork; then each process takes its ends of them.
 * What is said does not matter here, only how much.
 */
#ifndef DEMO_WAYS_H
#define DEMO_WAYS_H

#include <stdbool.h>
#include <stddef.h>

struct way {
    const char *name;
    void (*send)(size_t size);
    void (*receive)(size_t size);
};

enum { WAYS = 5 };
extern const struct way ways[WAYS]; /* the last: a message queue */

/* Make them, for messages of so many bytes at most. False: but no message
 * queues, which this system does not let us have. */
bool ways_open(size_t largest);

/* After the fork: take the ends of the first process, or of the second. */
void ways_take(bool first);

#endif
