/* SPDX-License-Identifier: MIT */
/*
 * io_try.c - operations that do not wait: done at once, or not at all.
 *
 * Sockets have a flag for it, MSG_DONTWAIT. For other descriptors there is
 * O_NONBLOCK, but that belongs to the open file and so to all who share it,
 * other processes too; we do not leave it changed. For reads and writes newer
 * kernels have a flag of the single call, RWF_NOWAIT. Where there is none, and
 * for accept and connect, O_NONBLOCK is set for the moment of the call (see
 * io_look).
 *
 * RWF_NOWAIT means more: a read of a regular file is done if the bytes are in
 * the page cache, and refused if it would have to wait for the disk, which no
 * readiness ever tells. So files that are hot are read here and now, and only
 * what is cold needs a helper.
 *
 *      pipe, socket, terminal   ready or not; poll tells when it changes
 *      regular file             "ready" always; in memory or not
 */
#include "io_try.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* More is not copied while everybody waits: 0.2 us a KiB. */
#define LARGE (256u * 1024)

/* Is it a file on a disk, and how large? */
static bool
is_file(int fd, off_t *size)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return false;
    *size = about.st_size;
    return S_ISREG(about.st_mode) || S_ISBLK(about.st_mode);
}

static bool
is_direct(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && flags & O_DIRECT;
}

/* The transfer by the call that takes flags, without waiting. */
static long
transfer(const struct io_op *op)
{
    struct iovec one = {op->buf, op->count};
    bool vector = op->call == IO_READV || op->call == IO_WRITEV;
    bool reads = op->call == IO_READ || op->call == IO_READV;
    const struct iovec *v = vector ? op->vector : &one;
    int count = vector ? (int)op->count : 1;
    long n = reads ? preadv2(op->fd, v, count, op->offset, RWF_NOWAIT)
                   : pwritev2(op->fd, v, count, op->offset, RWF_NOWAIT);
    return n < 0 ? -errno : n;
}

static size_t
bytes(const struct io_op *op)
{
    if (op->call == IO_READ || op->call == IO_WRITE)
        return op->count;
    size_t sum = 0;
    for (size_t i = 0; i < op->count; i++)
        sum += op->vector[i].iov_len;
    return sum;
}

/*
 * Of a file: a read, if all of it is in memory. A part will not do, for a
 * program that reads a file expects all but the end of it: then the read is
 * taken back, for a helper to make. A write could not be taken back, and with
 * O_DIRECT nothing is in memory.
 */
static long
try_file(const struct io_op *op, off_t size)
{
    size_t wanted = bytes(op);
    bool reads = op->call == IO_READ || op->call == IO_READV;
    if (!reads || wanted >= LARGE || is_direct(op->fd))
        return IO_NO_WAY;
    long n = transfer(op);
    if (n == -EAGAIN || n == -EOPNOTSUPP)
        return IO_NO_WAY;
    if (n <= 0 || (size_t)n == wanted)
        return n;
    bool at_position = op->offset == IO_AT_POSITION;
    off_t end = at_position ? lseek(op->fd, 0, SEEK_CUR) : op->offset + n;
    if (end >= size)
        return n;
    if (at_position)
        lseek(op->fd, -n, SEEK_CUR);
    return IO_NO_WAY;
}

static long
try_transfer(const struct io_op *op, bool pollable)
{
    off_t size;
    if (!pollable && is_file(op->fd, &size))
        return try_file(op, size);
    long n = transfer(op);
    return n == -EOPNOTSUPP || n == -ENOSYS ? io_look(op) : n;
}

static long
try_poll(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = (short)op->flags};
    int n = poll(&fd, 1, 0);
    return n < 0 ? -errno : n == 0 ? -EAGAIN : fd.revents;
}

/* Has the connection that was begun come about? */
static long
look_at_connection(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;
    int n = poll(&fd, 1, 0);
    if (n == 0)
        return -EAGAIN;
    if (n < 0 || getsockopt(op->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return -errno;
    return -error;
}

/* Begin to connect, then look how it goes. A UNIX socket whose listener's queue
 * is full says EAGAIN, and never tells when there is room. */
static long
try_connect(struct io_op *op)
{
    if (op->ended)
        return look_at_connection(op);
    long result = io_look(op);
    op->ended = result == -EINPROGRESS || result == -EALREADY;
    if (op->ended)
        return -EAGAIN;
    return result == -EAGAIN ? IO_NO_WAY : result;
}

/* These two a server makes more often than any other: without io_look, which
 * copies the operation to add the flag. */
static long
try_recv(const struct io_op *op)
{
    if (op->flags & MSG_WAITALL) /* for all of it is more than to be ready */
        return IO_NO_WAY;
    ssize_t n = recv(op->fd, op->buf, op->count, op->flags | MSG_DONTWAIT);
    return n < 0 ? -errno : n;
}

static long
try_send(const struct io_op *op)
{
    ssize_t n = send(op->fd, op->buf, op->count, op->flags | MSG_DONTWAIT);
    return n < 0 ? -errno : n;
}

long
io_try(struct io_op *op, bool pollable)
{
    switch (op->call) {
    case IO_READ:
    case IO_WRITE:
    case IO_READV:
    case IO_WRITEV: return try_transfer(op, pollable);
    case IO_CONNECT: return try_connect(op);
    case IO_POLL: return try_poll(op);
    case IO_RECV: return try_recv(op);
    case IO_SEND: return try_send(op);
    case IO_RECVMSG: return op->flags & MSG_WAITALL ? IO_NO_WAY : io_look(op);
    case IO_ACCEPT:
    case IO_SENDMSG:
    case IO_SENDFILE: return io_look(op);
    case IO_CLOSE: return io_system_call(op);
    default: return IO_NO_WAY;
    }
}

short
io_try_when(const struct io_op *op)
{
    switch (op->call) {
    case IO_POLL: return (short)op->flags;
    case IO_SENDFILE: return POLLOUT;
    default: return io_kinds[op->call].readiness;
    }
}
