/* SPDX-License-Identifier: MIT */
/*
 * io_move.c - from one descriptor to another, past the program's memory.
 *
 * Neither end need be ready, and the kernel has no way to wait for both and
 * for a deadline. So each piece is moved by a call that does not wait, and in
 * between the thread waits for whichever end is not ready:
 *
 *      move a piece ---- nothing more, or enough ----> return
 *       ^      |
 *       |      would wait: poll from, then poll to
 *        ------
 *
 * A piece of a file that is not in the page cache would stall us in the middle
 * of the call. So its ends are read beforehand, which waits as every read does.
 *
 * sendfile goes on until all is sent, and lets the others have their turn after
 * every piece; splice moves one.
 */
#include "io.h"

#include "io_op.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

/* Copying this much takes about as long as a quantum of a fine preemption:
 * nobody is kept waiting for more than some 50 us. */
#define PIECE (128u * 1024)

/* Where the next piece lies; -1 if its file has no positions. */
static off_t
position(const struct io_move *move)
{
    return move->from_offset ? *move->from_offset
                             : lseek(move->from, 0, SEEK_CUR);
}

/* Is the byte there to be had without waiting for a disk? Where the question
 * is not understood, it is. */
static bool
is_cached(int fd, off_t at)
{
    char byte;
    struct iovec piece = {&byte, 1};
    return preadv2(fd, &piece, 1, at, RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

/* Have the piece at this position read from the disk, if it must be. 0, or -1
 * with errno. */
static int
fetch(const struct io_op *op, uint64_t deadline)
{
    char byte;
    int fd = op->move->from;
    off_t first = position(op->move), last = first + (off_t)op->count - 1;
    if (first < 0 || (is_cached(fd, first) && is_cached(fd, last)))
        return 0;
    posix_fadvise(fd, first, (off_t)op->count, POSIX_FADV_WILLNEED);
    if (thread_pread_until(fd, &byte, 1, first, deadline) < 0 ||
        thread_pread_until(fd, &byte, 1, last, deadline) < 0)
        return -1;
    return 0;
}

/* Wait until both ends are ready, one after the other. A file always is. */
static int
wait_for_ends(const struct io_op *op, uint64_t deadline)
{
    if (op->call == IO_SPLICE &&
        io_wait_ready(op->move->from, POLLIN, deadline) < 0)
        return -1;
    return io_wait_ready(op->fd, POLLOUT, deadline) < 0 ? -1 : 0;
}

/* One piece: how much of it was moved, 0 at the end, or -1 with errno. */
static ssize_t
move_piece(struct io_op *op, size_t count, uint64_t deadline)
{
    op->count = count < PIECE ? count : PIECE;
    long n = fetch(op, deadline) < 0 ? -errno : io_look(op);
    while (n == -EAGAIN || n == -EINTR)
        n = wait_for_ends(op, deadline) < 0 ? -errno : io_look(op);
    if (n >= 0)
        return n;
    errno = (int)-n;
    return -1;
}

ssize_t
thread_sendfile(int to, int from, off_t *offset, size_t count)
{
    return thread_sendfile_until(to, from, offset, count, THREAD_FOREVER);
}

ssize_t
thread_sendfile_until(int to, int from, off_t *offset, size_t count,
                      uint64_t deadline)
{
    struct io_move ends = {.from = from, .from_offset = offset};
    struct io_op op = {.call = IO_SENDFILE, .fd = to, .move = &ends};
    size_t sum = 0;
    ssize_t n;
    thread_testcancel();
    count = io_at_most(count);
    while ((n = move_piece(&op, count - sum, deadline)) > 0) {
        sum += (size_t)n;
        if (sum == count)
            break;
        thread_yield();
    }
    return sum > 0 ? (ssize_t)sum
                   : n; /* what was sent before an error counts */
}

ssize_t
thread_splice(int from, off_t *from_offset, int to, off_t *to_offset,
              size_t count, unsigned flags)
{
    return thread_splice_until(from, from_offset, to, to_offset, count, flags,
                               THREAD_FOREVER);
}

ssize_t
thread_splice_until(int from, off_t *from_offset, int to, off_t *to_offset,
                    size_t count, unsigned flags, uint64_t deadline)
{
    struct io_move ends = {from, from_offset, to_offset};
    struct io_op op = {.call = IO_SPLICE,
                       .fd = to,
                       .move = &ends,
                       .flags = (int)(flags | SPLICE_F_NONBLOCK)};
    thread_testcancel();
    return move_piece(&op, count, deadline);
}
