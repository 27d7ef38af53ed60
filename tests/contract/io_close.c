/* SPDX-License-Identifier: MIT */
/*
 * io_close.c - closing a descriptor that other threads wait for: io.h.
 *
 * Somebody else holds the file too (a copy of the descriptor), so that it is
 * not the end of the file that ends a wait, but the close.
 */
#include "descriptors.h"

#include <sys/uio.h>

enum { WAITERS = 5 };

static int fd;
static char byte;

static void *
in_read(void *unused)
{
    (void)unused;
    return NUMBER(thread_read(fd, &byte, 1) == -1 ? errno : 0);
}

static void *
in_read_until(void *unused)
{
    (void)unused;
    return NUMBER(thread_read_until(fd, &byte, 1, in_ms(60000)) == -1 ? errno
                                                                      : 0);
}

static void *
in_recv(void *unused)
{
    (void)unused;
    return NUMBER(thread_recv(fd, &byte, 1, 0) == -1 ? errno : 0);
}

static void *
in_accept(void *unused)
{
    (void)unused;
    return NUMBER(thread_accept(fd, NULL, NULL, 0) == -1 ? errno : 0);
}

static void *
in_write(void *unused)
{
    (void)unused;
    return NUMBER(thread_write(fd, "x", 1) == -1 ? errno : 0);
}

/* Have some threads wait, and close what they wait for: each gets EBADF. */
static void
close_under(void *(*wait)(void *), int descriptor)
{
    thread_t waiters[WAITERS];
    fd = descriptor;
    int copy = dup(fd);
    for (int i = 0; i < WAITERS; i++)
        waiters[i] = spawn(wait, NULL);
    for (int i = 0; i < WAITERS; i++)
        await_blocked(waiters[i], THREAD_WAIT_IO);
    cr_assert_eq(thread_close(fd), 0);
    for (int i = 0; i < WAITERS; i++)
        cr_assert_eq(VALUE(join(waiters[i])), EBADF);
    cr_assert_fails(fcntl(fd, F_GETFD), EBADF);
    close(copy);
}

Test(io, close_ends_the_reads_of_others, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    close_under(in_read, p.out);
}

Test(io, close_ends_the_reads_of_others_that_have_a_deadline, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    close_under(in_read_until, p.out);
}

Test(io, close_ends_the_reads_of_others_from_a_nonblocking_one, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    set_nonblocking(p.out);
    close_under(in_read, p.out);
}

Test(io, close_ends_the_writes_of_others, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    fill(p.in);
    close_under(in_write, p.in);
}

Test(io, close_ends_the_recvs_of_others, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    close_under(in_recv, ends[0]);
}

Test(io, close_ends_the_accepts_of_others, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct sockaddr_in addr;
    close_under(in_accept, listen_on_loopback(&addr));
}

static void *
in_read_with_signals_blocked(void *unused)
{
    block_realtime_signals();
    return in_read(unused);
}

Test(io, close_ends_the_reads_of_others_who_block_signals, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    close_under(in_read_with_signals_blocked, p.out);
}

Test(io, close_takes_no_data_away, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    int copy = dup(p.out);
    fd = p.out;
    for (int i = 0; i < 20; i++) {
        thread_t reader = spawn(in_read, NULL);
        await_blocked(reader, THREAD_WAIT_IO);
        cr_assert_eq(thread_close(fd), 0);
        cr_assert_eq(write(p.in, &(char){(char)i}, 1), 1);
        cr_assert_eq(VALUE(join(reader)), EBADF);
        cr_assert_eq(read(copy, &byte, 1), 1);
        cr_assert_eq(byte, i);
        fd = dup(copy);
    }
}

static void *
in_poll(void *fds)
{
    int n = thread_poll(fds, 3, in_ms(60000));
    return NUMBER(n);
}

static void *
in_poll_with_signals_blocked(void *fds)
{
    block_realtime_signals();
    return in_poll(fds);
}

static void
close_under_poll(void *(*poll)(void *), int which)
{
    struct pipe p[3];
    struct pollfd fds[3];
    for (int i = 0; i < 3; i++) {
        p[i] = open_pipe();
        fds[i] = (struct pollfd){.fd = p[i].out, .events = POLLIN};
    }
    int copy = dup(p[which].out);
    thread_t poller = spawn(poll, fds);
    await_blocked(poller, THREAD_WAIT_IO);
    cr_assert_eq(thread_close(p[which].out), 0);
    cr_assert_eq(VALUE(join(poller)), 1);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(fds[i].revents, i == which ? POLLNVAL : 0);
    close(copy);
}

Test(io, close_ends_a_poll_with_POLLNVAL, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    for (int which = 0; which < 3; which++)
        close_under_poll(in_poll, which);
    close_under_poll(in_poll_with_signals_blocked, 0);
}

Test(io, close_leaves_those_alone_who_wait_for_something_else, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe(), other = open_pipe();
    struct reader r = {.fd = other.out};
    thread_t reader = spawn(read_there, &r);
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(thread_close(p.out), 0);
    for (int i = 0; i < 100; i++)
        thread_yield();
    cr_assert_eq(write(other.in, "here", 4), 4);
    join(reader);
    cr_assert_eq(r.result, 4);
}
