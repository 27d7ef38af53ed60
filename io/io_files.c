/* SPDX-License-Identifier: MIT */
/*
 * io_files.c - what is done with a descriptor of any kind: reading, writing.
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
