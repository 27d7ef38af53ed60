/* SPDX-License-Identifier: MIT */
/*
 * instants.h - how many were there at one instant?
 *
 * Out of notes of who was there from when to when.
 */
#ifndef DEMO_INSTANTS_H
#define DEMO_INSTANTS_H

#include <stddef.h>
#include <stdint.h>

/* A moment at which somebody comes (+1) or goes (-1). */
struct moment {
    uint64_t at;
    int change;
};

/* The most that were there at one instant, and at others that together are at
 * least such a share of the time in which anybody was. Sorts the moments. */
int instants_most(struct moment *moments, size_t count, double share);

#endif
