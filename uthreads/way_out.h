/* SPDX-License-Identifier: MIT */
/* way_out.h - the moment when a thread comes back from a library; for
 * preempt.c. All but open and close may be called by a signal handler. */
#ifndef UTHREADS_WAY_OUT_H
#define UTHREADS_WAY_OUT_H

#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>

/* A kernel counter for this kernel thread, which it sends the signal to each
 * time it overflows. Returns a descriptor, or minus an errno number. */
int counter_open(struct perf_event_attr *attr, int sig);

/* Get ready to send this signal on the way out, which leads to where is_out
 * holds. Where that cannot be had nothing happens, and watching will fail. */
void way_out_open(int sig, bool (*is_out)(const char *pc));
void way_out_close(void);

/* Have the signal sent when the interrupted thread, whose next instruction is
 * at pc, is out. False if that cannot be had. */
bool way_out_watch(const char *pc);

/* Is this signal the one? */
bool way_out_reached(const siginfo_t *info);

/* Do not send it any more. */
void way_out_forget(void);

#endif
