/* SPDX-License-Identifier: MIT */
/* io_sqe.h - an operation in the terms of io_uring. */
#ifndef UTHREADS_IO_SQE_H
#define UTHREADS_IO_SQE_H

#include "io_op.h"

struct io_uring;
struct io_uring_sqe;

/* What the kernel has no opcode for; somebody else must do it. */
extern bool io_sqe_lacks[IO_CALLS];

/* Ask the kernel about its opcodes. */
void io_sqe_probe(struct io_uring *ring);

/* Write an operation into a submission queue entry; its user data is left to
 * the caller. */
void io_sqe_prepare(struct io_uring_sqe *sqe, const struct io_op *op);

/*
 * The ring would read a pipe at an offset, which the system call refuses. So
 * whether a descriptor has offsets is asked of the kernel; just before the
 * entry is handed over, for until then its number may come to stand for
 * something else. Then one question will do for all entries that are handed
 * over together.
 */
/* Does this operation go to an offset? */
bool io_sqe_seeks(const struct io_op *op);

/* The errno number that the system call gives, or 0. *known is a descriptor
 * that has offsets, or -1, and is kept up to date. */
int io_sqe_refusal(const struct io_uring_sqe *sqe, int *known);

#endif
