/* SPDX-License-Identifier: MIT */
/*
 * io_sockets.c - connecting sockets, and talking through them.
 */
#include "io.h"

#include "io_op.h"

#include <errno.h>
#include <fcntl.h>

int
thread_accept(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    return thread_accept_until(fd, addr, len, flags, THREAD_FOREVER);
}

int
thread_accept_until(int fd, struct sockaddr *addr, socklen_t *len, int flags,
                    uint64_t deadline)
{
    struct io_op op = {.call = IO_ACCEPT,
                       .fd = fd,
                       .addr = addr,
                       .addr_len = len,
                       .flags = flags};
    return (int)io_perform(&op, deadline);
}

int
thread_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    return thread_connect_until(fd, addr, len, THREAD_FOREVER);
}

struct flags {
    int fd, flags;
};

static void
put_back(void *arg)
{
    const struct flags *f = arg;
    int error = errno;
    fcntl(f->fd, F_SETFL, f->flags);
    errno = error;
}

/* A socket that is being connected is nobody else's yet, so its O_NONBLOCK can
 * be taken off until the call ends, whichever way it does: then connect waits.
 * Polling would not do: a UNIX socket is called ready while the listener's
 * queue is full. */
int
thread_connect_until(int fd, const struct sockaddr *addr, socklen_t len,
                     uint64_t deadline)
{
    struct io_op op = {.call = IO_CONNECT,
                       .fd = fd,
                       .addr = (struct sockaddr *)(uintptr_t)addr,
                       .addr_len = &len};
    struct flags before = {fd, fcntl(fd, F_GETFL)};
    struct thread_cleanup cleanup;
    if (before.flags < 0)
        return -1;
    if (!(before.flags & O_NONBLOCK))
        return (int)io_perform(&op, deadline);
    if (fcntl(fd, F_SETFL, before.flags & ~O_NONBLOCK) < 0)
        return -1;
    thread_cleanup_push(&cleanup, put_back, &before);
    int result = (int)io_perform(&op, deadline);
    thread_cleanup_pop(true);
    return result;
}

ssize_t
thread_recv(int fd, void *buf, size_t count, int flags)
{
    return thread_recv_until(fd, buf, count, flags, THREAD_FOREVER);
}

ssize_t
thread_recv_until(int fd, void *buf, size_t count, int flags, uint64_t deadline)
{
    struct io_op op = {.call = IO_RECV,
                       .fd = fd,
                       .buf = buf,
                       .count = io_at_most(count),
                       .flags = flags};
    return io_perform(&op, deadline);
}

ssize_t
thread_send(int fd, const void *buf, size_t count, int flags)
{
    return thread_send_until(fd, buf, count, flags, THREAD_FOREVER);
}

ssize_t
thread_send_until(int fd, const void *buf, size_t count, int flags,
                  uint64_t deadline)
{
    struct io_op op = {.call = IO_SEND,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = io_at_most(count),
                       .flags = flags | MSG_NOSIGNAL};
    return io_perform(&op, deadline);
}

ssize_t
thread_recvmsg(int fd, struct msghdr *message, int flags)
{
    return thread_recvmsg_until(fd, message, flags, THREAD_FOREVER);
}

ssize_t
thread_recvmsg_until(int fd, struct msghdr *message, int flags,
                     uint64_t deadline)
{
    struct io_op op = {
        .call = IO_RECVMSG, .fd = fd, .message = message, .flags = flags};
    return io_perform(&op, deadline);
}

ssize_t
thread_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return thread_sendmsg_until(fd, message, flags, THREAD_FOREVER);
}

ssize_t
thread_sendmsg_until(int fd, const struct msghdr *message, int flags,
                     uint64_t deadline)
{
    struct io_op op = {.call = IO_SENDMSG,
                       .fd = fd,
                       .message = (struct msghdr *)(uintptr_t)message,
                       .flags = flags | MSG_NOSIGNAL};
    return io_perform(&op, deadline);
}
