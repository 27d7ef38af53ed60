/* SPDX-License-Identifier: MIT */
/*
 * io_nonblocking.c - a system call that does not wait, where it has no flag to
 * say so: its descriptors are O_NONBLOCK for just as long.
 */
#include "io_op.h"

#include <errno.h>
#include <fcntl.h>

/* A descriptor, and its flags if they were changed; else -1. */
struct nonblocking {
    int fd, before;
};

/* 0, or -errno: then the call must not be made, for it might wait. */
static int
make_nonblocking(struct nonblocking *n)
{
    int flags = n->fd < 0 ? O_NONBLOCK : fcntl(n->fd, F_GETFL);
    if (flags >= 0 && flags & O_NONBLOCK)
        return 0;
    if (flags < 0 || fcntl(n->fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    n->before = flags;
    return 0;
}

static void
put_back(const struct nonblocking *n)
{
    if (n->before >= 0)
        fcntl(n->fd, F_SETFL, n->before);
}

long
io_call_nonblocking(const struct io_op *op)
{
    struct nonblocking to = {op->fd, -1};
    struct nonblocking from = {op->call == IO_SPLICE ? op->move->from : -1, -1};
    long result = make_nonblocking(&from);
    if (result == 0)
        result = make_nonblocking(&to);
    if (result == 0)
        result = io_system_call(op);
    put_back(&to);
    put_back(&from);
    return result;
}
