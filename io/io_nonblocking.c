/* SPDX-License-Identifier: MIT */
/*
 * io_nonblocking.c - a system call that does not wait, where it has no flag to
 * say so: its descriptors are O_NONBLOCK for just as long.
 */
#include "io_op.h"

#include <fcntl.h>

/* Returns the flags to put back, or -1 if there is nothing to put back. */
static int
make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || flags & O_NONBLOCK)
        return -1;
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return flags;
}

static void
put_back(int fd, int flags)
{
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags);
}

long
io_call_nonblocking(const struct io_op *op)
{
    int from = op->call == IO_SPLICE ? op->move->from : -1;
    int from_flags = from >= 0 ? make_nonblocking(from) : -1;
    int flags = make_nonblocking(op->fd);
    long result = io_system_call(op);
    put_back(op->fd, flags);
    put_back(from, from_flags);
    return result;
}
