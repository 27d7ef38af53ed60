/* SPDX-License-Identifier: MIT */
/*
 * stall_verdict.h - what was to be expected of a wait, and what came of it.
 *
 * For the experiments on stall.h in which one way to wait is tried, and it
 * either stops the counters or does not.
 */
#ifndef STALL_VERDICT_H
#define STALL_VERDICT_H

#include "stall.h"

/* Predict that this way to wait will stop the counters, or that it will not. */
void stall_predict(struct stall *s, const char *call, bool stalls);

/* ... of read(2), or thread_read. */
void stall_predict_raw(struct stall *s);
void stall_predict_io(struct stall *s);

/* Judge it, where nothing else is to be judged. */
void stall_judge(struct stall *s) __attribute__((noreturn));

#endif
