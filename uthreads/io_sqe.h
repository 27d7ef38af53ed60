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

/* Would the ring do what the system call would not? 0, or the errno number
 * that the system call gives: the operation is then not to be submitted. */
int io_sqe_refuses(const struct io_op *op);

/* Whatever was learnt of this descriptor is true no more. */
void io_sqe_forget(int fd);

#endif
