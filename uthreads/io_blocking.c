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

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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
    switch (op->call) {
    case IO_READ:
    case IO_ACCEPT:
    case IO_RECV: return POLLIN;
    case IO_POLL: return op->events;
    default: return POLLOUT;
    }
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
        return -1;
    long result = connect(op->fd, op->addr, *op->addr_len);
    int error = errno;
    setsockopt(op->fd, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
    bool gave_up = error == EINPROGRESS || error == EALREADY || error == EAGAIN;
    errno = gave_up ? ETIMEDOUT : error;
    return result;
}

/* How much to write: poll(2) promises a pipe takes PIPE_BUF bytes without
 * waiting, and a short write is always allowed. */
static size_t
write_size(const struct io_op *op)
{
    bool may_wait = op->deadline == THREAD_FOREVER;
    return may_wait || op->count < PIPE_BUF ? op->count : PIPE_BUF;
}

static long
system_call(const struct io_op *op)
{
    switch (op->call) {
    case IO_READ:
        return op->offset == IO_AT_POSITION
                   ? read(op->fd, op->buf, op->count)
                   : pread(op->fd, op->buf, op->count, op->offset);
    case IO_WRITE:
        return op->offset == IO_AT_POSITION
                   ? write(op->fd, op->buf, write_size(op))
                   : pwrite(op->fd, op->buf, op->count, op->offset);
    case IO_ACCEPT: return accept4(op->fd, op->addr, op->addr_len, op->flags);
    case IO_CONNECT:
        return op->deadline == THREAD_FOREVER
                   ? connect(op->fd, op->addr, *op->addr_len)
                   : connect_by(op);
    case IO_RECV: return recv(op->fd, op->buf, op->count, op->flags);
    case IO_SEND: return send(op->fd, op->buf, op->count, op->flags);
    case IO_POLL: break;
    }
    return 0;
}

static void
blocking_submit(struct io_op *op)
{
    if (op->call == IO_POLL) {
        long ready = wait_ready(op);
        io_complete(op, ready == 0 ? -ETIMEDOUT : ready);
        return;
    }
    bool first_wait = op->deadline != THREAD_FOREVER && op->call != IO_CONNECT;
    if (first_wait && wait_ready(op) == 0) {
        io_complete(op, -ETIMEDOUT);
        return;
    }
    long result = system_call(op);
    io_complete(op, result < 0 ? -errno : result);
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

static void
blocking_wait(uint64_t deadline)
{
    (void)deadline; /* nothing is ever pending */
}

static size_t
blocking_pending(void)
{
    return 0;
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
};
