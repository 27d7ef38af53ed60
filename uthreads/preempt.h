/* SPDX-License-Identifier: MIT */
/* preempt.h - the part of preemption that start.c needs. */
#ifndef UTHREADS_PREEMPT_H
#define UTHREADS_PREEMPT_H

#include <stdbool.h>

/* Start what UTHREADS_QUANTUM_US and UTHREADS_TICK ask for; says on standard
 * error why it cannot be had, and stays cooperative. */
void preempt_start(void);

/* Is it on? */
bool preempt_on(void);

#endif
