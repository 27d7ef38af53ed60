/* SPDX-License-Identifier: MIT */
/*
 * io_paths.c - opening, asking about, and getting rid of files.
 *
 * The disk answers these, or a server far away, or, where the file is a FIFO,
 * whoever opens its other end; no poll says when. So nobody waits for
 * readiness here: it takes a kernel thread that stands in the call.
 */
#include "io.h"

#include "io_op.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
thread_open(const char *path, int flags, mode_t mode)
{
    return thread_openat_until(AT_FDCWD, path, flags, mode, THREAD_FOREVER);
}

int
thread_open_until(const char *path, int flags, mode_t mode, uint64_t deadline)
{
    return thread_openat_until(AT_FDCWD, path, flags, mode, deadline);
}

int
thread_openat(int directory, const char *path, int flags, mode_t mode)
{
    return thread_openat_until(directory, path, flags, mode, THREAD_FOREVER);
}

int
thread_openat_until(int directory, const char *path, int flags, mode_t mode,
                    uint64_t deadline)
{
    struct io_op op = {.call = IO_OPEN,
                       .fd = directory,
                       .path = path,
                       .flags = flags,
                       .mode = mode};
    return (int)io_perform(&op, deadline);
}

int
thread_statx(int directory, const char *path, int flags, unsigned mask,
             struct statx *about)
{
    return thread_statx_until(directory, path, flags, mask, about,
                              THREAD_FOREVER);
}

int
thread_statx_until(int directory, const char *path, int flags, unsigned mask,
                   struct statx *about, uint64_t deadline)
{
    struct io_op op = {.call = IO_STATX,
                       .fd = directory,
                       .path = path,
                       .flags = flags,
                       .mask = mask,
                       .about = about};
    return (int)io_perform(&op, deadline);
}

int
thread_fsync(int fd)
{
    return thread_fsync_until(fd, THREAD_FOREVER);
}

int
thread_fsync_until(int fd, uint64_t deadline)
{
    struct io_op op = {.call = IO_FSYNC, .fd = fd};
    return (int)io_perform(&op, deadline);
}

int
thread_fdatasync(int fd)
{
    return thread_fdatasync_until(fd, THREAD_FOREVER);
}

int
thread_fdatasync_until(int fd, uint64_t deadline)
{
    struct io_op op = {.call = IO_FSYNC, .fd = fd, .flags = IO_DATA_ONLY};
    return (int)io_perform(&op, deadline);
}

/* A socket that does not linger is gone at once. Of another descriptor nobody
 * knows: the end of a large file that was removed takes its time. */
static bool
closes_at_once(int fd)
{
    struct linger linger;
    socklen_t size = sizeof linger;
    return getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 &&
           !linger.l_onoff;
}

/* The number is free at once, and those who wait for it are told; the file
 * behind it is let go by somebody who may take his time. */
static int
close_slowly(int fd)
{
    struct io_op op = {.call = IO_CLOSE, .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)};
    io_end_waits(fd);
    if (op.fd < 0)
        return close(fd); /* no number was left, or this one is none */
    close(fd);
    return (int)io_perform(&op, THREAD_FOREVER);
}

/* Once begun it is not taken back, or nobody would know whether the descriptor
 * is still there. */
int
thread_close(int fd)
{
    int result;
    thread_testcancel();
    bool cancelable = thread_set_cancelable(false);
    if (closes_at_once(fd)) {
        io_end_waits(fd);
        result = close(fd);
    } else {
        result = close_slowly(fd);
    }
    thread_set_cancelable(cancelable);
    return result != 0 && errno == EINTR ? 0 : result; /* it is closed */
}
