/* SPDX-License-Identifier: MIT */
/*
 * io_system_call.c - what an operation is, in the kernel's own terms: the
 * system call of each kind, for whoever makes it on the spot.
 */
#include "io_op.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

const struct io_kind io_kinds[IO_CALLS] = {
    [IO_READ] = {.name = "read", .readiness = POLLIN},
    [IO_WRITE] = {.name = "write", .readiness = POLLOUT},
    [IO_READV] = {.name = "readv", .readiness = POLLIN},
    [IO_WRITEV] = {.name = "writev", .readiness = POLLOUT},
    [IO_ACCEPT] = {.name = "accept", .readiness = POLLIN},
    [IO_CONNECT] = {.name = "connect", .readiness = POLLOUT},
    [IO_RECV] = {.name = "recv", .readiness = POLLIN, .of_socket = true},
    [IO_SEND] = {.name = "send", .readiness = POLLOUT, .of_socket = true},
    [IO_RECVMSG] = {.name = "recvmsg", .readiness = POLLIN, .of_socket = true},
    [IO_SENDMSG] = {.name = "sendmsg", .readiness = POLLOUT, .of_socket = true},
    [IO_POLL] = {.name = "poll"},
    [IO_OPEN] = {.name = "open", .no_fd = true},
    [IO_CLOSE] = {.name = "close", .once = true}, /* the descriptor is gone */
    [IO_FSYNC] = {.name = "fsync"},
    [IO_STATX] = {.name = "stat", .no_fd = true},
    [IO_SENDFILE] = {.name = "sendfile"},
    [IO_SPLICE] = {.name = "splice"},
    [IO_WAITID] = {.name = "waitpid", .no_fd = true},
    [IO_FUTEX_WAIT] = {.name = "futex", .no_fd = true},
};

static long
transfer(const struct io_op *op)
{
    bool seeks = op->offset != IO_AT_POSITION;
    switch (op->call) {
    case IO_READ:
        return seeks ? pread(op->fd, op->buf, op->count, op->offset)
                     : read(op->fd, op->buf, op->count);
    case IO_WRITE:
        return seeks ? pwrite(op->fd, op->buf, op->count, op->offset)
                     : write(op->fd, op->buf, op->count);
    case IO_READV:
        return preadv2(op->fd, op->vector, (int)op->count, op->offset, 0);
    default: return pwritev2(op->fd, op->vector, (int)op->count, op->offset, 0);
    }
}

/* The one system call of these that takes a deadline as we have it. */
static long
futex_wait(const struct io_op *op)
{
    struct timespec until = clock_timespec(op->deadline);
    bool for_ever = op->deadline == THREAD_FOREVER;
    return syscall(SYS_futex, op->word, FUTEX_WAIT_BITSET, op->expected,
                   for_ever ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
}

static long
poll_once(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = (short)op->flags};
    int n = poll(&fd, 1, -1);
    return n > 0 ? fd.revents : n;
}

static long
call(const struct io_op *op)
{
    switch (op->call) {
    case IO_READ:
    case IO_WRITE:
    case IO_READV:
    case IO_WRITEV: return transfer(op);
    case IO_ACCEPT: return accept4(op->fd, op->addr, op->addr_len, op->flags);
    case IO_CONNECT: return connect(op->fd, op->addr, *op->addr_len);
    case IO_RECV: return recv(op->fd, op->buf, op->count, op->flags);
    case IO_SEND: return send(op->fd, op->buf, op->count, op->flags);
    case IO_RECVMSG: return recvmsg(op->fd, op->message, op->flags);
    case IO_SENDMSG: return sendmsg(op->fd, op->message, op->flags);
    case IO_POLL: return poll_once(op);
    case IO_OPEN: return openat(op->fd, op->path, op->flags, op->mode);
    case IO_CLOSE: return close(op->fd);
    case IO_FSYNC: return op->flags ? fdatasync(op->fd) : fsync(op->fd);
    case IO_STATX:
        return statx(op->fd, op->path, op->flags, op->mask, op->about);
    case IO_SENDFILE:
        return sendfile(op->fd, op->move->from, op->move->from_offset,
                        op->count);
    case IO_SPLICE:
        return splice(op->move->from, op->move->from_offset, op->fd,
                      op->move->to_offset, op->count, (unsigned)op->flags);
    case IO_WAITID:
        return waitid(op->id_type, (id_t)op->fd, op->info, op->flags);
    case IO_FUTEX_WAIT: return futex_wait(op);
    case IO_CALLS: break;
    }
    errno = ENOSYS;
    return -1;
}

long
io_system_call(const struct io_op *op)
{
    long result = call(op);
    return result < 0 ? -errno : result;
}
