/* SPDX-License-Identifier: MIT */
/*
 * outside.c - what happens outside, when, and how the process hears of it.
 */
#include "outside.h"

#include "clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <time.h>

#define EVENTS_MOST 1024
#define ASKED_MOST  200000 /* more, and the process does nothing else */

struct outside outside = {.now = NS_PER_SEC};

/* ---- What happens, and when ---- */

static struct event {
    uint64_t at;
    void (*happens)(int arg);
    int arg;
} script[EVENTS_MOST]; /* by their time */
static int event_count, next_event;

void
outside_begin(void)
{
    signal(SIGPIPE, SIG_IGN);
    clock_start();
    clock_ticks_are_tsc = false;
}

void
outside_later(uint64_t ns, void (*happens)(int arg), int arg)
{
    struct event e = {outside.now + ns, happens, arg};
    int place = event_count++;
    for (; place > next_event && script[place - 1].at > e.at; place--)
        script[place] = script[place - 1];
    script[place] = e;
}

void
outside_compute(uint64_t ns)
{
    outside.now += ns;
}

unsigned
outside_us(void)
{
    return (unsigned)(outside.now / 1000 % 100000000);
}

void
outside_give(int fd)
{
    static char letter = 'a';
    if (write(fd, &letter, 1) != 1)
        dprintf(STDERR_FILENO, "nobody takes what is given\n");
    letter = letter == 'z' ? 'a' : (char)(letter + 1);
}

void
outside_leave(int fd)
{
    close(fd);
}

/* ---- Time passes ---- */

static void
stop(const char *why)
{
    dprintf(STDERR_FILENO, "%s\n", why);
    _exit(1);
}

/* Let the next thing happen, if it does so by then. Was it a signal? */
static bool
happens_by(uint64_t until, bool *signalled)
{
    *signalled = false;
    if (next_event == event_count || script[next_event].at > until)
        return false;
    struct event e = script[next_event++];
    if (outside.now < e.at)
        outside.now = e.at;
    if (e.happens)
        e.happens(e.arg);
    *signalled = !e.happens;
    return true;
}

/* The process sleeps until then, or until there is what it looks for. */
static int
sleep_until(uint64_t until, int (*look)(void *call), void *call)
{
    bool signalled;
    for (;;) {
        int n = look(call);
        if (n != 0)
            return n;
        if (happens_by(until, &signalled)) {
            if (signalled)
                return errno = EINTR, -1;
        } else if (until == UINT64_MAX) {
            stop("nothing will ever come, and the process sleeps");
        } else {
            outside.now = until > outside.now ? until : outside.now;
            return look(call);
        }
    }
}

/* It asks, and does not sleep, or does. A span of UINT64_MAX has no end. */
static int
ask(uint64_t span, int (*look)(void *call), void *call)
{
    bool signalled;
    outside.now += 1000;
    outside.looks += span == 0;
    outside.sleeps += span > 0;
    if (outside.looks + outside.sleeps > ASKED_MOST)
        stop("the process asks again and again, and does not sleep");
    while (happens_by(outside.now, &signalled))
        continue;
    if (span == 0)
        return look(call);
    bool endless = span >= UINT64_MAX - outside.now;
    return sleep_until(endless ? UINT64_MAX : outside.now + span, look, call);
}

static uint64_t
span_of(const struct timespec *t)
{
    return t ? (uint64_t)t->tv_sec * NS_PER_SEC + (uint64_t)t->tv_nsec
             : UINT64_MAX;
}

static uint64_t
span_of_ms(int ms)
{
    return ms < 0 ? UINT64_MAX : (uint64_t)ms * OUTSIDE_MS;
}

/* ---- The calls ---- */

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_nanosleep(clockid_t clock, int flags,
                           const struct timespec *span, struct timespec *left);
int __wrap_nanosleep(const struct timespec *span, struct timespec *left);
int __real_epoll_wait(int fd, struct epoll_event *events, int most, int ms);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int most, int ms);
int __wrap_epoll_pwait(int fd, struct epoll_event *events, int most, int ms,
                       const sigset_t *mask);
int __wrap_epoll_pwait2(int fd, struct epoll_event *events, int most,
                        const struct timespec *span, const sigset_t *mask);
int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *e);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *e);
int __real_poll(struct pollfd *fds, nfds_t count, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int ms);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *span,
                 const sigset_t *mask);
ssize_t __real_preadv2(int fd, const struct iovec *v, int n, off_t at, int how);
ssize_t __wrap_preadv2(int fd, const struct iovec *v, int n, off_t at, int how);
ssize_t __real_pwritev2(int fd, const struct iovec *v, int n, off_t at,
                        int how);
ssize_t __wrap_pwritev2(int fd, const struct iovec *v, int n, off_t at,
                        int how);

int
__wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
    if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE)
        return __real_clock_gettime(clock, t);
    *t = clock_timespec(outside.now);
    return 0;
}

static int
look_nowhere(void *call)
{
    (void)call;
    return 0;
}

int
__wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *span,
                       struct timespec *left)
{
    uint64_t until = span_of(span) + (flags ? 0 : outside.now);
    (void)clock, (void)left;
    outside.sleeps++;
    return sleep_until(until, look_nowhere, NULL) < 0 ? errno : 0;
}

int
__wrap_nanosleep(const struct timespec *span, struct timespec *left)
{
    int error = __wrap_clock_nanosleep(CLOCK_MONOTONIC, 0, span, left);
    return error ? errno = error, -1 : 0;
}

struct epoll_call {
    int fd;
    struct epoll_event *events;
    int most;
};

static int
look_at_epoll(void *call)
{
    const struct epoll_call *c = call;
    return __real_epoll_wait(c->fd, c->events, c->most, 0);
}

int
__wrap_epoll_wait(int fd, struct epoll_event *events, int most, int ms)
{
    struct epoll_call call = {fd, events, most};
    return ask(span_of_ms(ms), look_at_epoll, &call);
}

int
__wrap_epoll_pwait(int fd, struct epoll_event *events, int most, int ms,
                   const sigset_t *mask)
{
    (void)mask;
    return __wrap_epoll_wait(fd, events, most, ms);
}

int
__wrap_epoll_pwait2(int fd, struct epoll_event *events, int most,
                    const struct timespec *span, const sigset_t *mask)
{
    struct epoll_call call = {fd, events, most};
    (void)mask;
    return ask(span_of(span), look_at_epoll, &call);
}

int
__wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *e)
{
    void (*happens)(int) = outside.meanwhile;
    outside.meanwhile = NULL;
    outside.registered++;
    if (happens)
        happens(outside.meanwhile_arg);
    return __real_epoll_ctl(epoll, operation, fd, e);
}

struct poll_call {
    struct pollfd *fds;
    nfds_t count;
};

static int
look_at_poll(void *call)
{
    const struct poll_call *c = call;
    return __real_poll(c->fds, c->count, 0);
}

int
__wrap_poll(struct pollfd *fds, nfds_t count, int ms)
{
    struct poll_call call = {fds, count};
    return ask(span_of_ms(ms), look_at_poll, &call);
}

int
__wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *span,
             const sigset_t *mask)
{
    struct poll_call call = {fds, count};
    (void)mask;
    return ask(span_of(span), look_at_poll, &call);
}

/* Is this transfer interrupted? Else, is it cut? */
static bool
is_interrupted(void)
{
    if (outside.interrupts == 0)
        return false;
    outside.interrupts--;
    errno = EINTR;
    return true;
}

static struct iovec
cut(const struct iovec *v)
{
    struct iovec first = *v;
    if (outside.at_most && first.iov_len > outside.at_most)
        first.iov_len = outside.at_most;
    return first;
}

ssize_t
__wrap_preadv2(int fd, const struct iovec *v, int n, off_t at, int how)
{
    struct iovec first = cut(v);
    if (is_interrupted())
        return -1;
    return __real_preadv2(fd, n == 1 ? &first : v, n, at, how);
}

ssize_t
__wrap_pwritev2(int fd, const struct iovec *v, int n, off_t at, int how)
{
    struct iovec first = cut(v);
    if (is_interrupted())
        return -1;
    return __real_pwritev2(fd, n == 1 ? &first : v, n, at, how);
}
