/* SPDX-License-Identifier: MIT */
/*
 * io_files.c - reading and writing, what every descriptor knows.
 */
#include "io.h"

#include "io_op.h"

#include <errno.h>
#include <limits.h>

size_t
io_at_most(size_t count)
{
    const size_t most = INT_MAX & ~(size_t)4095;
    return count < most ? count : most;
}

/* As many pieces as the system call takes. */
static ssize_t
perform_vector(struct io_op *op, uint64_t deadline)
{
    if (op->count > IOV_MAX)
        return errno = EINVAL, -1;
    return io_perform(op, deadline);
}

ssize_t
thread_read(int fd, void *buf, size_t count)
{
    return thread_read_until(fd, buf, count, THREAD_FOREVER);
}

ssize_t
thread_read_until(int fd, void *buf, size_t count, uint64_t deadline)
{
    struct io_op op = {.call = IO_READ,
                       .fd = fd,
                       .buf = buf,
                       .count = io_at_most(count),
                       .offset = IO_AT_POSITION};
    return io_perform(&op, deadline);
}

ssize_t
thread_write(int fd, const void *buf, size_t count)
{
    return thread_write_until(fd, buf, count, THREAD_FOREVER);
}

ssize_t
thread_write_until(int fd, const void *buf, size_t count, uint64_t deadline)
{
    struct io_op op = {.call = IO_WRITE,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = io_at_most(count),
                       .offset = IO_AT_POSITION};
    return io_perform(&op, deadline);
}

ssize_t
thread_pread(int fd, void *buf, size_t count, off_t offset)
{
    return thread_pread_until(fd, buf, count, offset, THREAD_FOREVER);
}

ssize_t
thread_pread_until(int fd, void *buf, size_t count, off_t offset,
                   uint64_t deadline)
{
    if (offset < 0)
        return errno = EINVAL, -1;
    struct io_op op = {.call = IO_READ,
                       .fd = fd,
                       .buf = buf,
                       .count = io_at_most(count),
                       .offset = offset};
    return io_perform(&op, deadline);
}

ssize_t
thread_pwrite(int fd, const void *buf, size_t count, off_t offset)
{
    return thread_pwrite_until(fd, buf, count, offset, THREAD_FOREVER);
}

ssize_t
thread_pwrite_until(int fd, const void *buf, size_t count, off_t offset,
                    uint64_t deadline)
{
    if (offset < 0)
        return errno = EINVAL, -1;
    struct io_op op = {.call = IO_WRITE,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = io_at_most(count),
                       .offset = offset};
    return io_perform(&op, deadline);
}

ssize_t
thread_readv(int fd, const struct iovec *pieces, int count)
{
    return thread_readv_until(fd, pieces, count, THREAD_FOREVER);
}

ssize_t
thread_readv_until(int fd, const struct iovec *pieces, int count,
                   uint64_t deadline)
{
    struct io_op op = {.call = IO_READV,
                       .fd = fd,
                       .vector = pieces,
                       .count = (size_t)count,
                       .offset = IO_AT_POSITION};
    return perform_vector(&op, deadline);
}

ssize_t
thread_writev(int fd, const struct iovec *pieces, int count)
{
    return thread_writev_until(fd, pieces, count, THREAD_FOREVER);
}

ssize_t
thread_writev_until(int fd, const struct iovec *pieces, int count,
                    uint64_t deadline)
{
    struct io_op op = {.call = IO_WRITEV,
                       .fd = fd,
                       .vector = pieces,
                       .count = (size_t)count,
                       .offset = IO_AT_POSITION};
    return perform_vector(&op, deadline);
}

ssize_t
thread_preadv(int fd, const struct iovec *pieces, int count, off_t offset)
{
    return thread_preadv_until(fd, pieces, count, offset, THREAD_FOREVER);
}

ssize_t
thread_preadv_until(int fd, const struct iovec *pieces, int count, off_t offset,
                    uint64_t deadline)
{
    if (offset < 0)
        return errno = EINVAL, -1;
    struct io_op op = {.call = IO_READV,
                       .fd = fd,
                       .vector = pieces,
                       .count = (size_t)count,
                       .offset = offset};
    return perform_vector(&op, deadline);
}

ssize_t
thread_pwritev(int fd, const struct iovec *pieces, int count, off_t offset)
{
    return thread_pwritev_until(fd, pieces, count, offset, THREAD_FOREVER);
}

ssize_t
thread_pwritev_until(int fd, const struct iovec *pieces, int count,
                     off_t offset, uint64_t deadline)
{
    if (offset < 0)
        return errno = EINVAL, -1;
    struct io_op op = {.call = IO_WRITEV,
                       .fd = fd,
                       .vector = pieces,
                       .count = (size_t)count,
                       .offset = offset};
    return perform_vector(&op, deadline);
}
