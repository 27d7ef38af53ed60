/* SPDX-License-Identifier: MIT */
/* io_poll.c - thread_poll, and signals in any wait: io.h. */
#include "descriptors.h"

/* ---- poll ---- */

Test(io, poll_tells_which_of_several_is_ready, .timeout = 10)
{
    struct pipe a = open_pipe(), b = open_pipe(), c = open_pipe();
    struct pollfd fds[] = {{a.out, POLLIN, -1},
                           {b.out, POLLIN, -1},
                           {c.out, POLLIN, -1},
                           {a.in, POLLOUT, -1}};
    cr_assert_eq(write(b.in, "x", 1), 1);
    cr_assert_eq(thread_poll(fds, 3, THREAD_FOREVER), 1);
    cr_assert_eq(fds[0].revents, 0);
    cr_assert_eq(fds[1].revents, POLLIN);
    cr_assert_eq(fds[2].revents, 0);
    cr_assert_eq(thread_poll(fds, 4, THREAD_FOREVER), 2);
    cr_assert_eq(fds[1].revents, POLLIN);
    cr_assert_eq(fds[3].revents, POLLOUT);
}

Test(io, poll_takes_nothing_away, .timeout = 10)
{
    char byte;
    struct pipe p = open_pipe();
    struct pollfd fd = {p.out, POLLIN, 0};
    cr_assert_eq(write(p.in, "x", 1), 1);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(thread_poll(&fd, 1, THREAD_FOREVER), 1);
    cr_assert_eq(thread_read(p.out, &byte, 1), 1);
    cr_assert_eq(thread_poll(&fd, 1, 0), 0);
}

Test(io, poll_gives_0_at_its_deadline, .timeout = 10)
{
    struct pipe p = open_pipe();
    struct pollfd fd = {p.out, POLLIN, -1};
    uint64_t deadline = in_ms(10);
    cr_assert_eq(thread_poll(&fd, 1, deadline), 0);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(fd.revents, 0);
}

Test(io, poll_with_a_past_deadline_just_looks, .timeout = 10)
{
    struct pipe p = open_pipe();
    struct pollfd fds[] = {{p.out, POLLIN, -1}, {p.in, POLLOUT, -1}};
    cr_assert_eq(thread_poll(fds, 1, 0), 0);
    cr_assert_eq(thread_poll(fds, 2, 0), 1);
    cr_assert_eq(fds[1].revents, POLLOUT);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(thread_poll(fds, 2, thread_now()), 2);
}

struct poller {
    struct pollfd fds[3];
    int result;
};

static void *
poll_there(void *arg)
{
    struct poller *p = arg;
    p->result = thread_poll(p->fds, 3, THREAD_FOREVER);
    return NULL;
}

Test(io, poll_waits_for_the_first_of_several, .timeout = 10)
{
    needs_suspending_io();
    struct pipe a = open_pipe(), b = open_pipe(), c = open_pipe();
    for (int i = 0; i < 20; i++) {
        SHARED struct poller p;
        p = (struct poller){.fds = {{a.out, POLLIN, -1},
                                    {b.out, POLLIN, -1},
                                    {c.out, POLLIN, -1}}};
        thread_t poller = spawn(poll_there, &p);
        await_blocked(poller, THREAD_WAIT_IO);
        cr_assert_eq(write(c.in, "x", 1), 1);
        join(poller);
        cr_assert_eq(p.result, 1);
        cr_assert_eq(p.fds[0].revents, 0);
        cr_assert_eq(p.fds[2].revents, POLLIN);
        cr_assert_eq(thread_read(c.out, (char[1]){0}, 1), 1);
    }
}

Test(io, poll_leaves_out_negative_descriptors, .timeout = 10)
{
    struct pipe p = open_pipe();
    struct pollfd fds[] = {{-1, POLLIN, -1}, {p.in, POLLOUT, 0}};
    cr_assert_eq(thread_poll(fds, 2, THREAD_FOREVER), 1);
    cr_assert_eq(fds[0].revents, 0);
    cr_assert_eq(thread_poll(fds, 1, in_ms(2)), 0);
}

Test(io, poll_of_a_closed_descriptor_gives_POLLNVAL, .timeout = 10)
{
    struct pollfd fd = {9999, POLLIN, 0};
    cr_assert_eq(thread_poll(&fd, 1, THREAD_FOREVER), 1);
    cr_assert_eq(fd.revents, POLLNVAL);
}

Test(io, poll_reports_a_hang_up_without_being_asked, .timeout = 10)
{
    struct pipe p = open_pipe();
    struct pollfd fd = {p.out, 0, 0};
    close(p.in);
    cr_assert_eq(thread_poll(&fd, 1, THREAD_FOREVER), 1);
    cr_assert_eq(fd.revents, POLLHUP);
}

Test(io, poll_of_nothing_sleeps_until_its_deadline, .timeout = 10)
{
    uint64_t deadline = in_ms(5);
    cr_assert_eq(thread_poll(NULL, 0, deadline), 0);
    cr_assert_geq(thread_now(), deadline);
}

Test(io, poll_waits_for_five_hundred_descriptors, .timeout = 20)
{
    enum { COUNT = 500 };
    static struct pipe pipes[COUNT];
    static struct pollfd fds[COUNT];
    for (int i = 0; i < COUNT; i++) {
        pipes[i] = open_pipe();
        fds[i] = (struct pollfd){pipes[i].out, POLLIN, 0};
    }
    cr_assert_eq(thread_poll(fds, COUNT, in_ms(5)), 0);
    cr_assert_eq(write(pipes[321].in, "x", 1), 1);
    cr_assert_eq(thread_poll(fds, COUNT, THREAD_FOREVER), 1);
    cr_assert_eq(fds[321].revents, POLLIN);
}

/* ---- Signals ---- */

Test(io, a_signal_does_not_end_a_read, .timeout = 10)
{
    char byte = 0;
    struct pipe p = open_pipe();
    begin_signals();
    for (unsigned ms = 30; !disturbed(ms); ms += 30) {
        byte_from_outside_in_30_ms(p.in);
        cr_assert_eq(thread_read(p.out, &byte, 1), 1);
    }
    cr_assert_gt(signals, 1);
    byte_from_outside_in_30_ms(p.in);
    cr_assert_eq(thread_read_until(p.out, &byte, 1, in_ms(5000)), 1);
}

Test(io, a_signal_does_not_end_a_recv, .timeout = 10)
{
    int ends[2];
    char byte = 0;
    open_pair(SOCK_STREAM, ends);
    begin_signals();
    for (unsigned ms = 30; !disturbed(ms); ms += 30) {
        byte_from_outside_in_30_ms(ends[1]);
        cr_assert_eq(thread_recv(ends[0], &byte, 1, 0), 1);
    }
    cr_assert_gt(signals, 1);
}

Test(io, a_signal_does_not_end_a_poll, .timeout = 10)
{
    struct pipe p = open_pipe();
    struct pollfd fd = {p.out, POLLIN, 0};
    begin_signals();
    for (unsigned ms = 20; !disturbed(ms); ms *= 4) {
        uint64_t deadline = in_ms(ms);
        cr_assert_eq(thread_poll(&fd, 1, deadline), 0);
        cr_assert_geq(thread_now(), deadline);
    }
    cr_assert_gt(signals, 1);
    byte_from_outside_in_30_ms(p.in);
    cr_assert_eq(thread_poll(&fd, 1, THREAD_FOREVER), 1);
}

Test(io, a_signal_does_not_end_an_accept, .timeout = 10)
{
    struct sockaddr_in addr;
    int listener = listen_on_loopback(&addr);
    begin_signals();
    for (unsigned ms = 20; !disturbed(ms); ms *= 4) {
        uint64_t deadline = in_ms(ms);
        cr_assert_fails(thread_accept_until(listener, NULL, NULL, 0, deadline),
                        ETIMEDOUT);
        cr_assert_geq(thread_now(), deadline);
    }
    cr_assert_gt(signals, 1);
}

/* ---- Together with the others ---- */

static void *
ten_round_trips(void *arg)
{
    const int *ends = arg;
    for (unsigned char i = 0; i < 10; i++) {
        unsigned char echo = 0;
        if (thread_send(ends[0], &i, 1, 0) != 1 ||
            thread_recv(ends[0], &echo, 1, 0) != 1 || echo != i)
            return NUMBER(1);
    }
    shutdown(ends[0], SHUT_WR);
    return NUMBER(0);
}

static void *
echo_until_the_end(void *arg)
{
    const int *ends = arg;
    unsigned char byte;
    ssize_t n;
    while ((n = thread_recv(ends[1], &byte, 1, 0)) == 1)
        if (thread_send(ends[1], &byte, 1, 0) != 1)
            return NUMBER(1);
    return NUMBER(n != 0);
}

Test(io, fifty_echo_servers_serve_fifty_clients, .timeout = 20)
{
    needs_suspending_io();
    enum { COUNT = 50 };
    static int ends[COUNT][2];
    static thread_t clients[COUNT], servers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        open_pair(SOCK_STREAM, ends[i]);
        servers[i] = spawn(echo_until_the_end, ends[i]);
        clients[i] = spawn(ten_round_trips, ends[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        cr_assert_eq(VALUE(join(clients[i])), 0);
        cr_assert_eq(VALUE(join(servers[i])), 0);
    }
}

static void *
count_until(void *stop)
{
    uintptr_t turns = 0;
    while (!*(volatile bool *)stop) {
        turns++;
        thread_yield();
    }
    return NUMBER(turns);
}

Test(io, the_others_run_while_one_waits, .timeout = 10)
{
    needs_suspending_io();
    SHARED volatile bool stop;
    char byte;
    struct pipe p = open_pipe();
    thread_t counter = spawn(count_until, (void *)&stop);
    byte_from_outside_in_30_ms(p.in);
    cr_assert_eq(thread_read(p.out, &byte, 1), 1);
    stop = true;
    cr_assert_gt(VALUE(join(counter)), 100);
}
