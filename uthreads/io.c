/* SPDX-License-Identifier: MIT */
/*
 * io.c - input and output that suspend a thread.
 *
 * A call describes its operation, gives it to the engine and blocks; the
 * engine wakes the thread when the operation is done. The struct io_op and the
 * buffer belong to the kernel until then. So a thread that gives up (its
 * deadline has passed) asks for the operation to be cancelled, and still waits
 * until the engine says that it is done; the kernel never writes into memory
 * that its owner has gone on to use for something else.
 */
#include "io.h"

#include "cancel.h"
#include "io_engine.h"
#include "panic.h"
#include "sched.h"
#include "setting.h"
#include "time.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the kernel says of an operation interrupted while it ran. */
#define RESTART_SYSTEM_CALL 512

const struct io_engine *io_engine = &io_engine_blocking;
const char *io_fallback;

/* Note why there is no io_uring, for thread_model() and on standard error. */
static void
fall_back(const char *what, int error)
{
    static char reason[96];
    snprintf(reason, sizeof reason, "no io_uring: %s: %s", what,
             strerror(error));
    io_fallback = reason;
}

void
io_start(void)
{
    static const char *const engines[] = {"auto", "uring", "blocking", NULL};
    enum { AUTO, URING, BLOCKING };
    int wanted = setting_choice("UTHREADS_IO", engines, AUTO);
    if (wanted == BLOCKING)
        return;
    const char *what = "";
    int error = io_engine_uring.open(&what);
    if (!error) {
        io_engine = &io_engine_uring;
        return;
    }
    fall_back(what, error);
    if (wanted == URING) {
        say("threadbare: UTHREADS_IO=uring: %s\n", io_fallback);
        exit(2);
    }
    say("threadbare: %s; a blocking call will stall all threads\n",
        io_fallback);
}

void
io_complete(struct io_op *op, long result)
{
    op->result = result;
    op->done = true;
    if (op->thread->state == THREAD_BLOCKED)
        sched_wake(op->thread);
}

/* What a thread in this operation waits for. */
static struct wait
waiting_for(const struct io_op *op)
{
    static const char *const names[] = {
        [IO_READ] = "read",       [IO_WRITE] = "write", [IO_ACCEPT] = "accept",
        [IO_CONNECT] = "connect", [IO_RECV] = "recv",   [IO_SEND] = "send",
        [IO_POLL] = "poll"};
    return (struct wait){.kind = THREAD_WAIT_IO,
                         .fd = op->fd,
                         .call = names[op->call],
                         .cancellable = true};
}

/* Do one operation: block until it is done. Its result or -errno; -ETIMEDOUT
 * if it was ended because the deadline passed. */
static long
perform_once(struct io_op *op, uint64_t deadline)
{
    op->thread = sched_self()->current;
    op->deadline = deadline;
    op->done = false;
    io_engine->submit(op);
    struct wait wait = waiting_for(op);
    int error = op->done ? 0 : time_block(&wait, deadline);
    if (error && !op->done)
        io_engine->cancel(op);
    while (!op->done)
        sched_block(&wait);
    bool cut_short = op->result == -ECANCELED || op->result == -EINTR ||
                     op->result == -RESTART_SYSTEM_CALL;
    if (!error || !cut_short)
        return op->result; /* done after all: a cancellation stays asked for */
    if (error == ECANCELED)
        cancel_now();
    return -error;
}

/* Wait until the descriptor is ready for what the operation wants. */
static long
wait_ready(const struct io_op *op, uint64_t deadline)
{
    bool reads =
        op->call == IO_READ || op->call == IO_ACCEPT || op->call == IO_RECV;
    struct io_op poll = {
        .call = IO_POLL, .fd = op->fd, .events = reads ? POLLIN : POLLOUT};
    return perform_once(&poll, deadline);
}

/* Do an operation as the contract wants it: a signal does not end it, and
 * O_NONBLOCK does not keep it from waiting. Returns as a system call does. */
static long
perform(struct io_op *op, uint64_t deadline)
{
    bool may_wait = !(op->flags & MSG_DONTWAIT) ||
                    (op->call != IO_RECV && op->call != IO_SEND);
    thread_testcancel();
    order_release(&io_engine); /* what is written here is read there */
    long result = perform_once(op, deadline);
    while (result == -EINTR || (result == -EAGAIN && may_wait)) {
        if (result == -EAGAIN) {
            long ready = wait_ready(op, deadline);
            if (ready < 0 && ready != -EINTR) {
                result = ready;
                break;
            }
        }
        result = perform_once(op, deadline);
    }
    order_acquire(&io_engine);
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

/* A transfer as large as one call can report: what Linux's read and write
 * take at once. */
static size_t
at_most(size_t count)
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
                       .count = at_most(count),
                       .offset = IO_AT_POSITION};
    return perform(&op, deadline);
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
                       .count = at_most(count),
                       .offset = IO_AT_POSITION};
    return perform(&op, deadline);
}

/* May a transfer name this offset in this file? Else errno is as pread(2) has
 * it. io_uring would read a pipe all the same. */
static bool
can_seek(int fd, off_t offset)
{
    if (offset < 0)
        errno = EINVAL;
    return offset >= 0 && lseek(fd, 0, SEEK_CUR) >= 0;
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
    if (!can_seek(fd, offset))
        return -1;
    struct io_op op = {.call = IO_READ,
                       .fd = fd,
                       .buf = buf,
                       .count = at_most(count),
                       .offset = offset};
    return perform(&op, deadline);
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
    if (!can_seek(fd, offset))
        return -1;
    struct io_op op = {.call = IO_WRITE,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = at_most(count),
                       .offset = offset};
    return perform(&op, deadline);
}

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
    return (int)perform(&op, deadline);
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
        return (int)perform(&op, deadline);
    fcntl(fd, F_SETFL, before.flags & ~O_NONBLOCK);
    thread_cleanup_push(&cleanup, put_back, &before);
    int result = (int)perform(&op, deadline);
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
                       .count = at_most(count),
                       .flags = flags};
    return perform(&op, deadline);
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
                       .count = at_most(count),
                       .flags = flags | MSG_NOSIGNAL};
    return perform(&op, deadline);
}
