/* SPDX-License-Identifier: MIT */
/*
 * io_sqe.c - an operation in the terms of io_uring.
 *
 * Nearly every operation has an opcode of its own. The kernel tries it at
 * once, in the call that submits it; what would have to wait is put aside
 * until its descriptor is ready. Two kinds must not be tried like that, since
 * the attempt itself takes long and stalls us all: they are pushed to a kernel
 * worker from the start (IOSQE_ASYNC), which costs a few microseconds.
 *
 *   - open(2) of a FIFO waits for the other end. The attempt does not wait,
 *     and so finds none, or returns too early: it must not be made.
 *   - a large transfer of a file that is in the page cache is a copy of memory
 *     like any other, made while we wait. See WORKER_BYTES.
 */
#include "io_sqe.h"

#include "panic.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opcodes and flags that the kernel has (6.7) and liburing 2.3 has not. */
#define OP_WAITID     50
#define OP_FUTEX_WAIT 51
#define FUTEX_32_BITS 2 /* shared between processes: not the private flag */

bool io_sqe_lacks[IO_CALLS];

/* All other opcodes are older than the set-up we ask for. */
void
io_sqe_probe(struct io_uring *ring)
{
    struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
    io_sqe_lacks[IO_WAITID] =
        !probe || !io_uring_opcode_supported(probe, OP_WAITID);
    io_sqe_lacks[IO_FUTEX_WAIT] =
        !probe || !io_uring_opcode_supported(probe, OP_FUTEX_WAIT);
    io_uring_free_probe(probe);
}

/*
 * From how many bytes on a transfer of a file is a worker's. A worker costs
 * about 10 us, a copy of cached pages about 0.2 us a KiB: at this size the copy
 * takes ten times what the worker does, and whoever waits for the CPU is kept
 * waiting for 100 us at most.
 */
#define WORKER_BYTES (512u * 1024)

/* Is it a file on a disk, whose transfers are never put aside? */
static bool
is_file(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 &&
           (S_ISREG(about.st_mode) || S_ISBLK(about.st_mode));
}

static bool
transfers(const struct io_op *op)
{
    return op->call <= IO_WRITEV;
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

static bool
is_for_a_worker(const struct io_op *op)
{
    if (transfers(op))
        return bytes(op) >= WORKER_BYTES && is_file(op->fd);
    return op->call == IO_OPEN || op->call == IO_CLOSE;
}

bool
io_sqe_seeks(const struct io_op *op)
{
    return transfers(op) && op->offset != IO_AT_POSITION;
}

static bool
seeks(const struct io_uring_sqe *sqe)
{
    switch (sqe->opcode) {
    case IORING_OP_READ:
    case IORING_OP_WRITE:
    case IORING_OP_READV:
    case IORING_OP_WRITEV: return sqe->off != (uint64_t)IO_AT_POSITION;
    default: return false;
    }
}

int
io_sqe_refusal(const struct io_uring_sqe *sqe, int *known)
{
    if (!seeks(sqe) || sqe->fd == *known)
        return 0;
    if (lseek(sqe->fd, 0, SEEK_CUR) < 0)
        return errno;
    *known = sqe->fd;
    return 0;
}

static void
prepare_waitid(struct io_uring_sqe *sqe, const struct io_op *op)
{
    io_uring_prep_rw(OP_WAITID, sqe, op->fd, NULL, op->id_type, 0);
    sqe->addr2 = (uint64_t)(uintptr_t)op->info;
    sqe->file_index = (unsigned)op->flags;
}

static void
prepare_futex_wait(struct io_uring_sqe *sqe, const struct io_op *op)
{
    io_uring_prep_rw(OP_FUTEX_WAIT, sqe, FUTEX_32_BITS, op->word, 0,
                     op->expected);
    sqe->addr3 = UINT32_MAX; /* woken by whatever mask */
}

static void
prepare_file(struct io_uring_sqe *sqe, const struct io_op *op)
{
    int fd = op->fd, flags = op->flags;
    switch (op->call) {
    case IO_OPEN:
        io_uring_prep_openat(sqe, fd, op->path, flags, op->mode);
        break;
    case IO_CLOSE: io_uring_prep_close(sqe, fd); break;
    case IO_FSYNC: io_uring_prep_fsync(sqe, fd, (unsigned)flags); break;
    case IO_STATX:
        io_uring_prep_statx(sqe, fd, op->path, flags, op->mask, op->about);
        break;
    case IO_WAITID: prepare_waitid(sqe, op); break;
    case IO_FUTEX_WAIT: prepare_futex_wait(sqe, op); break;
    default: panic("%s has no opcode", io_kinds[op->call].name);
    }
}

/* LAB(uring): read, write, readv and writev. At which offset? */
static void
prepare_transfer(struct io_uring_sqe *sqe, const struct io_op *op)
{
    int fd = op->fd;
    unsigned count = (unsigned)op->count;
    uint64_t offset = (uint64_t)op->offset; /* -1: the file's position */
    switch (op->call) {
    case IO_READ: io_uring_prep_read(sqe, fd, op->buf, count, offset); break;
    case IO_WRITE: io_uring_prep_write(sqe, fd, op->buf, count, offset); break;
    case IO_READV:
        io_uring_prep_readv(sqe, fd, op->vector, count, offset);
        break;
    default: io_uring_prep_writev(sqe, fd, op->vector, count, offset);
    }
}

/* LAB(uring): which of liburing's io_uring_prep_ calls is each? What has to do
 * with names and files is in prepare_file. */
static void
prepare(struct io_uring_sqe *sqe, const struct io_op *op)
{
    int fd = op->fd, flags = op->flags;
    switch (op->call) {
    case IO_READ:
    case IO_WRITE:
    case IO_READV:
    case IO_WRITEV: prepare_transfer(sqe, op); break;
    case IO_ACCEPT:
        io_uring_prep_accept(sqe, fd, op->addr, op->addr_len, flags);
        break;
    case IO_CONNECT:
        io_uring_prep_connect(sqe, fd, op->addr, *op->addr_len);
        break;
    case IO_RECV: io_uring_prep_recv(sqe, fd, op->buf, op->count, flags); break;
    case IO_SEND: io_uring_prep_send(sqe, fd, op->buf, op->count, flags); break;
    case IO_RECVMSG:
        io_uring_prep_recvmsg(sqe, fd, op->message, (unsigned)flags);
        break;
    case IO_SENDMSG:
        io_uring_prep_sendmsg(sqe, fd, op->message, (unsigned)flags);
        break;
    case IO_POLL: io_uring_prep_poll_add(sqe, fd, (unsigned short)flags); break;
    default: prepare_file(sqe, op);
    }
}

/* LAB(uring): and what must the kernel not try at once? */
void
io_sqe_prepare(struct io_uring_sqe *sqe, const struct io_op *op)
{
    prepare(sqe, op);
    if (is_for_a_worker(op))
        io_uring_sqe_set_flags(sqe, IOSQE_ASYNC);
}
