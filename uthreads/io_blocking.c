/* SPDX-License-Identifier: MIT */
/*
 * io_blocking.c - the engine that shows the stall.
 *
 * An operation is its system call, made at once. The kernel knows one thread
 * in this process; while it waits, no user-level thread runs. A deadline is
 * kept by waiting in poll(2) first, which stalls just the same.
 */
#include "clock.h"
#include "io_engine.h"
#include "poll_until.h"
#include "sched.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/time.h>

static int
blocking_open(const char **what)
{
    (void)what;
    return 0;
}

/* Which readiness an operation waits for. */
static short
readiness(const struct io_op *op)
{
    return op->call == IO_POLL ? (short)op->flags
                               : io_kinds[op->call].readiness;
}

/* Wait for readiness until the deadline: revents, 0 in vain, or -errno. */
static long
wait_ready(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = readiness(op)};
    int n = poll_until(&fd, 1, op->deadline);
    if (n < 0)
        return -errno;
    return n ? fd.revents : 0;
}

/* connect, with the socket's own time-out as the deadline: poll would not do,
 * for it calls a UNIX socket ready while the listener's queue is full. At
 * least a microsecond, for 0 is for ever. */
static long
connect_by(const struct io_op *op)
{
    struct timeval before, span;
    socklen_t size = sizeof before;
    uint64_t now = clock_now();
    uint64_t us = op->deadline > now ? (op->deadline - now) / 1000 + 1 : 1;
    span.tv_sec = (time_t)(us / 1000000);
    span.tv_usec = (suseconds_t)(us % 1000000);
    if (getsockopt(op->fd, SOL_SOCKET, SO_SNDTIMEO, &before, &size) != 0 ||
        setsockopt(op->fd, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof span) != 0)
        return -errno;
    long result = connect(op->fd, op->addr, *op->addr_len);
    int error = errno;
    setsockopt(op->fd, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
    bool gave_up = error == EINPROGRESS || error == EALREADY || error == EAGAIN;
    return result == 0 ? 0 : gave_up ? -ETIMEDOUT : -error;
}

/* A write that is not to wait, once poll(2) has called the descriptor ready: a
 * pipe then takes PIPE_BUF bytes, and a short write is always allowed. */
static struct io_op
without_waiting(const struct io_op *op)
{
    struct io_op once = *op;
    if (op->call == IO_WRITE && op->offset == IO_AT_POSITION &&
        op->count > PIPE_BUF)
        once.count = PIPE_BUF;
    return once;
}

/* The operation, by its deadline. */
static long
perform_by(const struct io_op *op)
{
    if (op->call == IO_CONNECT)
        return connect_by(op);
    if (readiness(op) && wait_ready(op) == 0)
        return -ETIMEDOUT;
    struct io_op once = without_waiting(op);
    return io_system_call(&once);
}

static long
poll_by(const struct io_op *op)
{
    long ready = wait_ready(op);
    return ready == 0 ? -ETIMEDOUT : ready;
}

static void
blocking_submit(struct io_op *op)
{
    long result;
    if (op->call == IO_POLL)
        result = poll_by(op);
    else if (op->deadline == THREAD_FOREVER)
        result = io_system_call(op);
    else
        result = perform_by(op);
    io_complete(op, result);
}

static void
blocking_cancel(struct io_op *op)
{
    (void)op; /* an operation is done before anyone could change his mind */
}

static void
blocking_poll(void)
{
}

/* Nothing is ever pending but what helpers do. */
static void
blocking_wait(uint64_t deadline)
{
    struct pollfd bell = {.fd = the_sched.helpers.bell, .events = POLLIN};
    poll_until(&bell, 1, deadline);
}

static size_t
blocking_pending(void)
{
    return 0;
}

static void
blocking_forget(void)
{
}

const struct io_engine io_engine_blocking = {
    .name = "blocking",
    .suspends = false,
    .open = blocking_open,
    .submit = blocking_submit,
    .cancel = blocking_cancel,
    .poll = blocking_poll,
    .wait = blocking_wait,
    .pending = blocking_pending,
    .forget = blocking_forget,
};
