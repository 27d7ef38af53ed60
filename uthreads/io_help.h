/* SPDX-License-Identifier: MIT */
/* io_help.h - what the helper kernel threads do for input and output, and the
 * one place where the process waits for both them and the engine. */
#ifndef UTHREADS_IO_HELP_H
#define UTHREADS_IO_HELP_H

#include "helpers.h"
#include "io_op.h"

/* Give a job to a helper; where none can be had it is run on the spot, which
 * is said once on standard error. Ask for its early end: see helpers.h. */
void io_help_job(struct helper_job *job);
void io_help_break_off(struct helper_job *job);

/* Begin an operation that is to be its system call, made by a helper; ask for
 * its early end. It is done like any other. */
void io_help(struct io_op *op);
void io_help_cancel(struct io_op *op);

/* What the scheduler waits for: finish what is complete; count what is not;
 * sleep until there is news, a signal comes, or the deadline passes. */
void io_hear(void);
size_t io_pending(void);
void io_wait(uint64_t deadline);

/* In the child of a fork: there are no helpers, and no bell. */
void io_help_forget(void);

#endif
