/* SPDX-License-Identifier: MIT */
/*
 * io_epoll.c - the engine that waits for readiness.
 *
 * An operation is tried at once, in a form that does not wait. If it would have
 * to, it joins those who wait for its descriptor, and is tried again when the
 * kernel reports that the descriptor has become ready. What readiness says
 * nothing of (a file on a disk) is given to a helper.
 *
 *      submit: try --- done
 *               | not now
 *               v
 *      watch[fd]: op -> op -> op       <--- try again --- epoll_wait
 *
 * Descriptors are registered once and edge-triggered: the kernel tells each
 * change and needs no further call from us. Which leaves two questions.
 *
 * Is the change told if it comes between a failed try and the wait? It is: it
 * came after the registration, so it is among the events.
 *
 * Is a descriptor still registered? Closing it ends that, and its number may
 * then belong to another file. We see thread_close, but not close(2). So a
 * registration that was not made for this very wait is only believed; before
 * the process goes to sleep, each that is believed is confirmed by one
 * epoll_ctl, which makes the kernel look at the descriptor anew as well. While
 * there is work nobody pays for that, and nobody ever sleeps on a belief.
 *
 * A stream from which a read got less than it asked for is empty, unless its
 * end is near: the next read then waits without a try.
 */
#include "clock.h"
#include "io_engine.h"
#include "io_help.h"
#include "io_try.h"
#include "panic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Reports taken at once; the rest come with the next call. Each is followed by
 * a try, and its thread goes on when all are heard: with more, what the try has
 * touched is cold by then (with 256, 3 % of an echo at 10,000 connections). */
#define REPORTS 16

/* So often, if there are as many: while somebody is always ready no more are
 * heard in 50 us. */
#define POLLS 4

/* So many beliefs are confirmed without first looking whether there is work. */
#define FEW 4

/* One descriptor, by its number. All zero bytes: not registered. */
struct watch {
    struct io_op *first, *last; /* operations that wait for it */
    int next;                   /* in the list of believed ones, plus 1 */
    bool registered;
    bool believed; /* somebody waits, and it was not confirmed since */
    bool empty;    /* a read would find nothing */
    bool ending;   /* the peer has closed its end, or something went wrong */
    int type;      /* of socket; 0: not asked yet */
};

static struct {
    int fd;
    struct watch *watches; /* watches[fd] */
    int size;
    int believed; /* the first one, plus 1 */
    unsigned beliefs;
    size_t pending;      /* operations that wait for readiness */
    bool no_nanoseconds; /* the kernel has no epoll_pwait2 */
    struct epoll_event reports[REPORTS];
} epoll;

/* ---- Watches ---- */

/* The watch of a descriptor; NULL: there is no memory for it. */
static struct watch *
watch_of(int fd)
{
    if (fd >= epoll.size) {
        int size = epoll.size ? epoll.size : 64;
        while (size <= fd)
            size *= 2;
        struct watch *more =
            realloc(epoll.watches, (size_t)size * sizeof *more);
        if (!more)
            return NULL;
        memset(more + epoll.size, 0,
               (size_t)(size - epoll.size) * sizeof *more);
        epoll.watches = more;
        epoll.size = size;
    }
    return &epoll.watches[fd];
}

/* LAB(blocking-io): epoll_ctl(2), for every kind of readiness, each change
 * told once. 0 or an errno number. */
static int
control(int operation, int fd)
{
    struct epoll_event all = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI |
                                        EPOLLRDHUP | EPOLLET,
                              .data = {.fd = fd}};
    return epoll_ctl(epoll.fd, operation, fd, &all) == 0 ? 0 : errno;
}

/* Register a descriptor. Returns 0 or an errno number: EPERM if it is none
 * that could be waited for.
 * LAB(blocking-io): it may be registered already. Nothing is known of it. */
static int
register_anew(struct watch *w, int fd)
{
    int error = control(EPOLL_CTL_ADD, fd);
    if (error == EEXIST)
        error = control(EPOLL_CTL_MOD, fd);
    w->registered = !error;
    w->empty = w->ending = false;
    w->type = 0;
    return error;
}

static void
believe(struct watch *w, int fd)
{
    if (w->believed)
        return;
    w->believed = true;
    w->next = epoll.believed;
    epoll.believed = fd + 1;
    epoll.beliefs++;
}

static void
append(struct watch *w, struct io_op *op)
{
    op->next = NULL;
    if (w->first)
        w->last->next = op;
    else
        w->first = op;
    w->last = op;
    epoll.pending++;
}

/* Take out an operation that waits; before is the one before it, or NULL. */
static void
take_out(struct watch *w, struct io_op *before, struct io_op *op)
{
    if (before)
        before->next = op->next;
    else
        w->first = op->next;
    if (w->last == op)
        w->last = before;
    epoll.pending--;
}

/* The descriptor cannot be waited for any more: what waits gets the error. If
 * its number now is a file's, which is no error, a helper does it.
 * LAB(blocking-io): all of them. */
static void
give_up_waiting(struct watch *w, int error)
{
    while (w->first) {
        struct io_op *op = w->first;
        take_out(w, NULL, op);
        if (error == EPERM)
            io_help(op);
        else
            io_complete(op, -error);
    }
}

/* Confirm what is believed: the kernel reports anew what is ready.
 * LAB(blocking-io): each one that somebody waits for. What does ENOENT say? */
static void
confirm_all(void)
{
    while (epoll.believed) {
        int fd = epoll.believed - 1;
        struct watch *w = &epoll.watches[fd];
        epoll.believed = w->next;
        w->believed = false;
        if (!w->first)
            continue;
        int error = control(EPOLL_CTL_MOD, fd);
        if (error == ENOENT)
            error = register_anew(w, fd);
        if (error) {
            w->registered = false;
            give_up_waiting(w, error);
        }
    }
    epoll.beliefs = 0;
}

/* The number of a descriptor is, or will be, that of another file. */
static void
forget(int fd)
{
    if (fd >= 0 && fd < epoll.size)
        epoll.watches[fd].registered = false;
}

/* ---- Trying ---- */

static bool
is_stream(struct watch *w, int fd)
{
    socklen_t size = sizeof w->type;
    if (!w->type && getsockopt(fd, SOL_SOCKET, SO_TYPE, &w->type, &size) != 0)
        w->type = -1;
    return w->type == SOCK_STREAM;
}

static bool
reads_stream(const struct io_op *op)
{
    return op->call == IO_RECV && op->flags == 0;
}

/* Try an operation, and note what the result says of the descriptor. */
static long
try_and_learn(struct watch *w, struct io_op *op)
{
    long result = io_try(op, w->registered);
    if (w->registered && !w->ending && reads_stream(op))
        w->empty =
            result == -EAGAIN ||
            (result > 0 && (size_t)result < op->count && is_stream(w, op->fd));
    return result;
}

static bool
must_not_wait(const struct io_op *op)
{
    return io_kinds[op->call].of_socket && op->flags & MSG_DONTWAIT;
}

/* Not now: wait for the descriptor. What has become ready since the try is
 * reported: when it is registered, and at the latest when it is confirmed.
 * LAB(blocking-io): believe it, or register it; then stand in its line. */
static void
wait_for(struct io_op *op)
{
    int error = 0;
    struct watch *w = watch_of(op->fd);
    if (!w)
        error = ENOMEM;
    else if (w->registered)
        believe(w, op->fd);
    else
        error = register_anew(w, op->fd);
    if (!error)
        append(w, op);
    else if (error == EPERM)
        io_help(op);
    else
        io_complete(op, -error);
}

/* LAB(blocking-io): try it; done, or to a helper, or into the line. A
 * descriptor that accept has given is a new one, whatever its number was. */
static void
epoll_submit(struct io_op *op)
{
    static struct watch none;
    struct watch *w =
        op->fd >= 0 && op->fd < epoll.size ? &epoll.watches[op->fd] : &none;
    bool in_vain = w->registered && w->empty && reads_stream(op);
    op->ended = false;
    long result = in_vain ? -EAGAIN : try_and_learn(w, op);
    if (op->call == IO_ACCEPT)
        forget((int)result);
    if (result == IO_NO_WAY)
        io_help(op);
    else if (result == -EAGAIN && !must_not_wait(op))
        wait_for(op);
    else
        io_complete(op, result);
}

/* LAB(blocking-io): out of its line. It is done, like any other. */
static void
epoll_cancel(struct io_op *op)
{
    struct watch *w = &epoll.watches[op->fd];
    struct io_op *before = NULL;
    for (struct io_op *o = w->first; o != op; o = o->next)
        before = o;
    take_out(w, before, op);
    io_complete(op, -ECANCELED);
}

/* ---- Reports ---- */

/* The events, of those that were reported, for which it is worth a try. */
static uint32_t
hopes(const struct io_op *op)
{
    return (uint32_t)io_try_when(op) | EPOLLERR | EPOLLHUP | EPOLLRDHUP;
}

/* Try again what waits for these events, first come, first served. Once one of
 * a kind has failed, the ready is used up.
 * LAB(blocking-io): one report may be enough for many. */
static void
serve(struct watch *w, uint32_t events)
{
    struct io_op *before = NULL, *next;
    for (struct io_op *op = w->first; op; op = next) {
        next = op->next;
        long result = events & hopes(op) ? try_and_learn(w, op) : -EAGAIN;
        if (result == -EAGAIN) {
            if (op->call != IO_POLL)
                events &= ~(uint32_t)io_try_when(op);
            before = op;
            continue;
        }
        take_out(w, before, op);
        if (op->call == IO_ACCEPT)
            forget((int)result);
        if (result == IO_NO_WAY)
            io_help(op);
        else
            io_complete(op, result);
    }
}

/* LAB(blocking-io): what does the report say of ending and empty? */
static void
hear(const struct epoll_event *report)
{
    struct watch *w = &epoll.watches[report->data.fd];
    if (report->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        w->ending = true;
    if (report->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        w->empty = false;
    serve(w, report->events);
}

/* Take the reports that are there by the deadline; how many.
 * LAB(blocking-io): epoll_pwait2(2), which a signal may interrupt; NULL waits
 * for ever. (Before Linux 5.11: poll the epoll descriptor instead.) */
static int
take_reports(const struct timespec *span)
{
    int n;
    if (!epoll.no_nanoseconds) {
        n = epoll_pwait2(epoll.fd, epoll.reports, REPORTS, span, NULL);
        epoll.no_nanoseconds = n < 0 && errno == ENOSYS;
    }
    if (epoll.no_nanoseconds) {
        struct pollfd fd = {.fd = epoll.fd, .events = POLLIN};
        if (!span || span->tv_sec || span->tv_nsec)
            ppoll(&fd, 1, span, NULL);
        n = epoll_wait(epoll.fd, epoll.reports, REPORTS, 0);
    }
    if (n < 0 && errno != EINTR)
        panic("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++)
        hear(&epoll.reports[i]);
    return n;
}

/* LAB(blocking-io): hear what there is, without waiting; nothing to wait for
 * must cost nothing. Now and then, confirm. */
static void
epoll_poll(void)
{
    static unsigned rounds;
    static const struct timespec none;
    if (epoll.pending == 0)
        return;
    int n = take_reports(&none);
    if (n == 0 || ++rounds % 1024 == 0)
        confirm_all();
    for (int i = 1; i < POLLS && n == REPORTS; i++)
        n = take_reports(&none);
}

/* LAB(blocking-io): confirm; then sleep, once, until a report or the deadline.
 */
static void
epoll_wait_until(uint64_t deadline)
{
    static const struct timespec none;
    struct timespec span;
    if (epoll.beliefs > FEW && take_reports(&none) > 0)
        return;
    confirm_all();
    if (deadline != THREAD_FOREVER) {
        uint64_t now = clock_now();
        span = clock_timespec(deadline > now ? deadline - now : 0);
    }
    take_reports(deadline == THREAD_FOREVER ? NULL : &span);
}

static size_t
epoll_pending(void)
{
    return epoll.pending;
}

static int
epoll_open(const char **what)
{
    *what = "epoll_create1";
    epoll.fd = epoll_create1(EPOLL_CLOEXEC);
    return epoll.fd < 0 ? errno : 0;
}

/* Closed, and not changed: parent and child share what it watches. */
static void
epoll_forget(void)
{
    close(epoll.fd);
    free(epoll.watches);
    memset(&epoll, 0, sizeof epoll);
}

const struct io_engine io_engine_epoll = {
    .name = "epoll",
    .suspends = true,
    .open = epoll_open,
    .submit = epoll_submit,
    .cancel = epoll_cancel,
    .closing = forget,
    .poll = epoll_poll,
    .wait = epoll_wait_until,
    .pending = epoll_pending,
    .forget = epoll_forget,
};
