/* SPDX-License-Identifier: MIT */
/*
 * io.c - input and output: the system calls.
 *
 * The kernel suspends the calling thread and runs the others: nothing has to
 * be built. What is left is to keep the contract's two promises (a signal does
 * not end the wait, O_NONBLOCK does not keep it from waiting), to say that the
 * thread is blocked when it is, and to give up at a deadline.
 *
 * A system call on a blocking descriptor takes no deadline, and to poll first
 * is not enough: another thread may take the data in between. So the call is
 * made in a form that never waits, and poll does the waiting, over and over:
 *
 *      look ---- done ----> return          look: the call, never waiting
 *       ^  \
 *       |   would wait
 *     ready  \
 *       |     v
 *        -- poll -- deadline --> ETIMEDOUT
 *
 * For recv and send that form is MSG_DONTWAIT. The others have none, so the
 * descriptor is made O_NONBLOCK for the moment of the call. Every call of this
 * file puts up with that flag; a read(2) of the program's own, on the same
 * file at the same moment, may get EAGAIN. A regular file is always "ready",
 * whatever its disk is doing: it is waited for beyond any deadline.
 *
 * A cancellation ends the system call itself. glibc before 2.41 may act on one
 * that comes just as the call has returned: what it had read is lost with the
 * thread.
 */
#include "io.h"

#include "clock.h"
#include "poll_until.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* One operation. Its call returns as a system call does. */
struct io_op {
    const char *name;
    ssize_t (*call)(const struct io_op *op);
    short events; /* what poll says when it need not wait */
    int fd;
    void *buf;
    size_t count;
    off_t offset;
    struct sockaddr *addr;
    socklen_t *addr_len;
    int flags;
    bool is_socket_call; /* recv or send: the flags are of the MSG_ kind */
};

static ssize_t
call_read(const struct io_op *op)
{
    return read(op->fd, op->buf, op->count);
}

static ssize_t
call_write(const struct io_op *op)
{
    return write(op->fd, op->buf, op->count);
}

static ssize_t
call_pread(const struct io_op *op)
{
    return pread(op->fd, op->buf, op->count, op->offset);
}

static ssize_t
call_pwrite(const struct io_op *op)
{
    return pwrite(op->fd, op->buf, op->count, op->offset);
}

static ssize_t
call_accept(const struct io_op *op)
{
    return accept4(op->fd, op->addr, op->addr_len, op->flags);
}

static ssize_t
call_recv(const struct io_op *op)
{
    return recv(op->fd, op->buf, op->count, op->flags);
}

static ssize_t
call_send(const struct io_op *op)
{
    return send(op->fd, op->buf, op->count, op->flags);
}

/* ---- Waiting ---- */

struct poll_wait {
    struct pollfd *fds;
    nfds_t count;
    uint64_t deadline;
};

static int
call_poll(void *arg)
{
    const struct poll_wait *w = arg;
    return poll_until(w->fds, w->count, w->deadline);
}

/* Wait until the descriptor is ready for what the operation wants. 0, or -1
 * with errno ETIMEDOUT, or what poll says. */
static int
wait_ready(const struct io_op *op, uint64_t deadline)
{
    struct pollfd fd = {.fd = op->fd, .events = op->events};
    struct poll_wait w = {&fd, 1, deadline};
    int n = cancel_point(call_poll, NULL, &w);
    if (n == 0)
        errno = ETIMEDOUT;
    return n > 0 ? 0 : -1;
}

static void
begin(const struct io_op *op)
{
    wait_begin(
        (struct wait){.kind = THREAD_WAIT_IO, .fd = op->fd, .call = op->name});
}

static bool
would_wait(ssize_t result)
{
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* The system call; a signal does not end it. */
static ssize_t
call(const struct io_op *op)
{
    ssize_t n;
    do
        n = op->call(op);
    while (n < 0 && errno == EINTR);
    return n;
}

/* The call on a descriptor that is O_NONBLOCK for just as long. One lock for
 * all: else two threads could each restore what the other had set. */
static ssize_t
call_nonblocking(const struct io_op *op)
{
    flags_lock();
    int flags = fcntl(op->fd, F_GETFL);
    bool change = flags >= 0 && !(flags & O_NONBLOCK);
    if (change)
        fcntl(op->fd, F_SETFL, flags | O_NONBLOCK);
    ssize_t n = call(op);
    int error = errno;
    if (change)
        fcntl(op->fd, F_SETFL, flags);
    flags_unlock();
    errno = error;
    return n;
}

/* Is it a file on a disk, which knows no waiting but for the disk? */
static bool
is_file(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 &&
           (S_ISREG(about.st_mode) || S_ISBLK(about.st_mode));
}

/* The call in a form that does not wait: EAGAIN if it would have to. */
static ssize_t
look(const struct io_op *op)
{
    if (!op->is_socket_call)
        return is_file(op->fd) ? call(op) : call_nonblocking(op);
    struct io_op once = *op;
    once.flags |= MSG_DONTWAIT;
    return call(&once);
}

struct io_wait {
    const struct io_op *op;
    ssize_t result;
};

static int
call_and_wait(void *arg)
{
    struct io_wait *w = arg;
    w->result = call(w->op);
    return 0;
}

/* Without a deadline: the system call itself waits. A poll beforehand tells
 * whether the thread is about to block. */
static ssize_t
perform(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = op->events};
    struct io_wait w = {.op = op};
    if (poll(&fd, 1, 0) != 0)
        return call(op);
    begin(op);
    cancel_point(call_and_wait, NULL, &w);
    wait_end();
    return w.result;
}

/* With one: look, and poll until it is worth another look. */
static ssize_t
poll_and_perform(const struct io_op *op, uint64_t deadline)
{
    ssize_t n = look(op);
    if (!would_wait(n))
        return n;
    begin(op);
    while (would_wait(n) && wait_ready(op, deadline) == 0)
        n = look(op);
    wait_end();
    return n;
}

static ssize_t
perform_until(const struct io_op *op, uint64_t deadline)
{
    thread_testcancel();
    if (op->is_socket_call && (op->flags & MSG_DONTWAIT))
        return call(op); /* the caller has said that it must not wait */
    if (deadline != THREAD_FOREVER)
        return poll_and_perform(op, deadline);
    ssize_t n = perform(op);
    return would_wait(n) ? poll_and_perform(op, deadline) : n; /* O_NONBLOCK */
}

/* ---- The calls ---- */

ssize_t
thread_read(int fd, void *buf, size_t count)
{
    return thread_read_until(fd, buf, count, THREAD_FOREVER);
}

ssize_t
thread_read_until(int fd, void *buf, size_t count, uint64_t deadline)
{
    struct io_op op = {.name = "read",
                       .call = call_read,
                       .events = POLLIN,
                       .fd = fd,
                       .buf = buf,
                       .count = count};
    return perform_until(&op, deadline);
}

ssize_t
thread_write(int fd, const void *buf, size_t count)
{
    return thread_write_until(fd, buf, count, THREAD_FOREVER);
}

ssize_t
thread_write_until(int fd, const void *buf, size_t count, uint64_t deadline)
{
    struct io_op op = {.name = "write",
                       .call = call_write,
                       .events = POLLOUT,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = count};
    return perform_until(&op, deadline);
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
    struct io_op op = {.name = "read",
                       .call = call_pread,
                       .events = POLLIN,
                       .fd = fd,
                       .buf = buf,
                       .count = count,
                       .offset = offset};
    return perform_until(&op, deadline);
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
    struct io_op op = {.name = "write",
                       .call = call_pwrite,
                       .events = POLLOUT,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = count,
                       .offset = offset};
    return perform_until(&op, deadline);
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
    struct io_op op = {.name = "accept",
                       .call = call_accept,
                       .events = POLLIN,
                       .fd = fd,
                       .addr = addr,
                       .addr_len = len,
                       .flags = flags};
    return (int)perform_until(&op, deadline);
}

int
thread_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    return thread_connect_until(fd, addr, len, THREAD_FOREVER);
}

/* Give the socket's connect a time-out, the kernel's own: what is left until
 * the deadline, at least a microsecond, for 0 is for ever. */
static int
set_time_out(int fd, uint64_t deadline)
{
    struct timeval span = {0, 0};
    if (deadline != THREAD_FOREVER) {
        uint64_t now = clock_now();
        uint64_t us = deadline > now ? (deadline - now) / 1000 + 1 : 1;
        span.tv_sec = (time_t)(us / 1000000);
        span.tv_usec = (suseconds_t)(us % 1000000);
    }
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof span);
}

/* A connect, and what it changes for the time being. */
struct connecting {
    int fd;
    const struct sockaddr *addr;
    socklen_t len;
    uint64_t deadline;
    int flags;
    struct timeval time_out;
    int result;
};

/* connect(2), again after every signal: it then waits for the connection that
 * is under way. */
static int
call_connect(void *arg)
{
    struct connecting *c = arg;
    do {
        if (set_time_out(c->fd, c->deadline) != 0)
            return c->result = -1;
        c->result = connect(c->fd, c->addr, c->len);
    } while (c->result < 0 && errno == EINTR);
    bool gave_up = c->result < 0 && (errno == EINPROGRESS ||
                                     errno == EALREADY || errno == EAGAIN);
    if (gave_up)
        errno = ETIMEDOUT;
    return 0;
}

static void
put_back(void *arg)
{
    const struct connecting *c = arg;
    int error = errno;
    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &c->time_out,
               sizeof c->time_out);
    if (c->flags & O_NONBLOCK)
        fcntl(c->fd, F_SETFL, c->flags);
    errno = error;
}

/*
 * A socket that is being connected is nobody else's yet, so its flags and its
 * time-out can be changed and put back: O_NONBLOCK off, that connect waits,
 * and the deadline as its time-out. Polling would not do: poll calls a UNIX
 * socket ready while the listener's queue is full.
 */
int
thread_connect_until(int fd, const struct sockaddr *addr, socklen_t len,
                     uint64_t deadline)
{
    struct connecting c = {
        .fd = fd, .addr = addr, .len = len, .deadline = deadline};
    socklen_t size = sizeof c.time_out;
    thread_testcancel();
    c.flags = fcntl(fd, F_GETFL);
    if (c.flags < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &c.time_out, &size) != 0)
        return -1;
    if (c.flags & O_NONBLOCK)
        fcntl(fd, F_SETFL, c.flags & ~O_NONBLOCK);
    wait_begin(
        (struct wait){.kind = THREAD_WAIT_IO, .fd = fd, .call = "connect"});
    cancel_point(call_connect, put_back, &c);
    wait_end();
    put_back(&c);
    return c.result;
}

ssize_t
thread_recv(int fd, void *buf, size_t count, int flags)
{
    return thread_recv_until(fd, buf, count, flags, THREAD_FOREVER);
}

ssize_t
thread_recv_until(int fd, void *buf, size_t count, int flags, uint64_t deadline)
{
    struct io_op op = {.name = "recv",
                       .call = call_recv,
                       .events = POLLIN,
                       .fd = fd,
                       .buf = buf,
                       .count = count,
                       .flags = flags,
                       .is_socket_call = true};
    return perform_until(&op, deadline);
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
    struct io_op op = {.name = "send",
                       .call = call_send,
                       .events = POLLOUT,
                       .fd = fd,
                       .buf = (void *)(uintptr_t)buf,
                       .count = count,
                       .flags = flags | MSG_NOSIGNAL,
                       .is_socket_call = true};
    return perform_until(&op, deadline);
}

int
thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
    struct poll_wait w = {fds, count, deadline};
    thread_testcancel();
    int n = poll_until(fds, count, 0);
    if (n != 0 || deadline <= clock_now())
        return n;
    wait_begin((struct wait){
        .kind = THREAD_WAIT_IO, .fd = count ? fds[0].fd : -1, .call = "poll"});
    n = cancel_point(call_poll, NULL, &w);
    wait_end();
    return n;
}
