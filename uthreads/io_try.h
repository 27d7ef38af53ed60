/* SPDX-License-Identifier: MIT */
/* io_try.h - an operation in a form that does not wait, for an engine that
 * learns from elsewhere when to try it. */
#ifndef UTHREADS_IO_TRY_H
#define UTHREADS_IO_TRY_H

#include "io_op.h"

#include <limits.h>

/* Not the result of any operation: there is no form that does not wait. */
#define IO_NO_WAY LONG_MIN

/*
 * Try it: its result, or -errno, which is -EAGAIN if it would have to wait, or
 * IO_NO_WAY. What was tried can be tried again. If the descriptor is known to
 * be one that can be polled, that saves asking what it is. Never switches.
 */
long io_try(struct io_op *op, bool pollable);

/* What the descriptor must be ready for before it is worth another try; 0:
 * nothing that it could become ready for would help. */
short io_try_when(const struct io_op *op);

#endif
