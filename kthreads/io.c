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
 * descriptor is made O_NONBLOCK for the moment of the call. Every call of
 * io.h puts up with that flag; a read(2) of the program's own, on the same
 * file at the same moment, may get EAGAIN. A regular file is always "ready",
 * whatever its disk is doing: it is waited for beyond any deadline.
 *
 * A cancellation ends the system call itself. glibc before 2.41 may act on one
 * that comes just as the call has returned: what it had read is lost with the
 * thread.
 */
#include "io_op.h"

#include "clock.h"
#include "interrupt.h"
#include "io_close.h"
#include "poll_until.h"
#include "waiting.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/time.h>

atomic_uint io_waited[IO_WAITED];

/* ---- The system call, and nothing more ---- */

/* A signal does not end it. */
static long
call(const struct io_op *op)
{
    bool begun = call_begin();
    long result;
    do
        result = io_system_call(op);
    while (result == -EINTR && !io_kinds[op->call].once);
    call_end(begun);
    return result;
}

/* One lock for all. */
static long
call_nonblocking(const struct io_op *op)
{
    bool begun = call_begin();
    flags_lock();
    long result = io_call_nonblocking(op);
    flags_unlock();
    call_end(begun);
    return result;
}

/* Is it a file on a disk, which knows no waiting but for the disk? */
static bool
is_file(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 &&
           (S_ISREG(about.st_mode) || S_ISBLK(about.st_mode));
}

long
io_look(const struct io_op *op)
{
    if (!io_kinds[op->call].of_socket)
        return is_file(op->fd) ? call(op) : call_nonblocking(op);
    struct io_op once = *op;
    once.flags |= MSG_DONTWAIT;
    return call(&once);
}

/* ---- Waiting ---- */

struct io_wait {
    const struct io_op *op;
    long result;
};

/* To glibc a futex is no cancellation point, as the other calls are. Nothing is
 * lost if it is broken off at any moment: it has no result. */
static int
call_and_wait(void *arg)
{
    struct io_wait *w = arg;
    bool at_once = w->op->call == IO_FUTEX_WAIT;
    if (at_once)
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    w->result = call(w->op);
    if (at_once)
        pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
    return 0;
}

static int
poll_and_wait(void *arg)
{
    struct io_wait *w = arg;
    short events = w->op->call == IO_POLL ? (short)w->op->flags
                                          : io_kinds[w->op->call].readiness;
    struct pollfd fd = {.fd = w->op->fd, .events = events};
    int n = poll_until(&fd, 1, w->op->deadline);
    if (n > 0)
        w->result = fd.revents & POLLNVAL ? -EBADF : fd.revents;
    else
        w->result = n < 0 ? -errno : -ETIMEDOUT;
    return 0;
}

/* Where another thread that closes the descriptor sees that it is waited for.
 * Put it around every wait. */
static void
begin(const struct io_op *op)
{
    interrupt_allow();
    wait_begin((struct wait){.kind = THREAD_WAIT_IO,
                             .fd = io_waits_for(op),
                             .call = io_kinds[op->call].name});
    io_wait_begins(io_waits_for(op));
}

static void
end(const struct io_op *op)
{
    wait_end();
    io_wait_ends(io_waits_for(op));
}

static void
cancelled(void *arg)
{
    const struct io_wait *w = arg;
    io_wait_ends(io_waits_for(w->op));
}

/* Wait in the kernel, where a cancellation can end it. */
static long
wait_in(int (*wait)(void *), const struct io_op *op)
{
    struct io_wait w = {.op = op};
    cancel_point(wait, cancelled, &w);
    return w.result;
}

/* Without a deadline: the system call itself waits. A poll beforehand tells
 * whether the thread is about to block. */
static long
wait_for(const struct io_op *op)
{
    struct pollfd fd = {.fd = op->fd, .events = io_kinds[op->call].readiness};
    if (fd.events && poll(&fd, 1, 0) != 0)
        return call(op);
    begin(op);
    long result = wait_in(call_and_wait, op);
    end(op);
    return result;
}

/*
 * With a deadline, but for what no poll can wait for: the system call, and at
 * the deadline something that gets us out of it.
 */
struct timed_wait {
    const struct io_op *op;
    timer_t timer;
    long result;
};

static int
call_and_be_interrupted(void *arg)
{
    struct timed_wait *w = arg;
    do
        w->result = io_system_call(w->op);
    while (w->result == -EINTR && clock_now() < w->op->deadline);
    if (w->result == -EINTR)
        w->result = -ETIMEDOUT;
    return 0;
}

static void
stop_timer(void *arg)
{
    struct timed_wait *w = arg;
    interrupt_stop(&w->timer);
    io_wait_ends(io_waits_for(w->op));
}

static long
wait_and_be_interrupted(const struct io_op *op)
{
    struct timed_wait w = {.op = op};
    int error = interrupt_at(op->deadline, &w.timer);
    if (error)
        return -error;
    begin(op);
    cancel_point(call_and_be_interrupted, stop_timer, &w);
    wait_end();
    stop_timer(&w);
    return w.result;
}

/* Is there a deadline that the system call does not know of? */
static bool
needs_timer(const struct io_op *op)
{
    return op->deadline != THREAD_FOREVER && op->call != IO_FUTEX_WAIT;
}

/* With one: look, and poll until it is worth another look. */
static long
poll_and_look(const struct io_op *op)
{
    long result = io_look(op);
    if (result != -EAGAIN)
        return result;
    begin(op);
    while (result == -EAGAIN) {
        result = wait_in(poll_and_wait, op);
        if (result >= 0)
            result = io_look(op);
    }
    end(op);
    return result;
}

static long
poll_for(const struct io_op *op)
{
    begin(op);
    long result = wait_in(poll_and_wait, op);
    end(op);
    return result;
}

static long
perform(const struct io_op *op)
{
    const struct io_kind *kind = &io_kinds[op->call];
    if (op->call == IO_POLL)
        return poll_for(op);
    if (kind->of_socket && op->flags & MSG_DONTWAIT)
        return call(op); /* the caller has said that it must not wait */
    if (op->deadline != THREAD_FOREVER && kind->readiness)
        return poll_and_look(op);
    if (needs_timer(op))
        return wait_and_be_interrupted(op);
    long result = wait_for(op);
    if (result == -EAGAIN && kind->readiness)
        return poll_and_look(op); /* O_NONBLOCK */
    return result;
}

/* ---- Connecting ---- */

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
    const struct io_op *op;
    struct timeval time_out; /* the socket's own */
    long result;
};

/* connect(2), again after every signal: it then waits for the connection that
 * is under way. */
static int
call_connect(void *arg)
{
    struct connecting *c = arg;
    do {
        bool ready = set_time_out(c->op->fd, c->op->deadline) == 0;
        c->result = ready ? io_system_call(c->op) : -errno;
    } while (c->result == -EINTR);
    if (c->result == -EINPROGRESS || c->result == -EALREADY ||
        c->result == -EAGAIN)
        c->result = -ETIMEDOUT;
    return 0;
}

static void
put_back(const struct connecting *c)
{
    setsockopt(c->op->fd, SOL_SOCKET, SO_SNDTIMEO, &c->time_out,
               sizeof c->time_out);
}

static void
cancel_connect(void *arg)
{
    const struct connecting *c = arg;
    put_back(c);
    io_wait_ends(c->op->fd);
}

/* The deadline is the socket's own time-out for as long. Polling would not do:
 * poll calls a UNIX socket ready while the listener's queue is full. */
static long
perform_connect(const struct io_op *op)
{
    struct connecting c = {.op = op};
    socklen_t size = sizeof c.time_out;
    if (getsockopt(op->fd, SOL_SOCKET, SO_SNDTIMEO, &c.time_out, &size) != 0)
        return -errno;
    begin(op);
    cancel_point(call_connect, cancel_connect, &c);
    end(op);
    put_back(&c);
    return c.result;
}

long
io_perform(struct io_op *op, uint64_t deadline)
{
    thread_testcancel();
    op->deadline = deadline;
    long result = op->call == IO_CONNECT ? perform_connect(op) : perform(op);
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}
