/* SPDX-License-Identifier: MIT */
/*
 * parked.h - threads and processes that do nothing but be there.
 *
 * Those of the contract beside the kernel's own, made without any of our code:
 * a yardstick for what one takes of the memory.
 */
#ifndef DEMO_PARKED_H
#define DEMO_PARKED_H

#include "demo.h"

enum { PARKED = 40 };

enum parked_kind { PARKED_OURS, PARKED_KERNEL_THREADS, PARKED_PROCESSES };

/* Before the others: make room for what they share. */
void parked_open(void);

/* Park so many. Returns when all are there; or skips if there is no room. */
void parked_begin(struct demo_run *d, enum parked_kind kind);

/* The memory of all processes that have to do with it, our own too, in KiB: the
 * pages of the program's data, of which one that several share counts once, and
 * the page tables. Skips if the kernel does not say. */
double parked_memory(struct demo_run *d);

/* Let them all go, and wait for their end. */
void parked_end(void);

#endif
