/* SPDX-License-Identifier: MIT */
/* io_socket.c - accept, connect, recv, send: io.h. */
#include "descriptors.h"

#include <stdio.h>
#include <sys/un.h>

struct server {
    int listener;
    int accepted;
    struct sockaddr_in peer;
    socklen_t peer_len;
};

static void *
accept_one(void *arg)
{
    struct server *s = arg;
    s->peer_len = sizeof s->peer;
    s->accepted = thread_accept(s->listener, (struct sockaddr *)&s->peer,
                                &s->peer_len, 0);
    return NUMBER(s->accepted < 0 ? errno : 0);
}

Test(io, accept_waits_for_a_connection, .timeout = 10)
{
    needs_suspending_io();
    struct sockaddr_in addr, own;
    socklen_t len = sizeof own;
    SHARED struct server s;
    s.listener = listen_on_loopback(&addr);
    thread_t server = spawn(accept_one, &s);
    await_blocked(server, THREAD_WAIT_IO);
    int fd = stream_socket();
    cr_assert_eq(connect_to(fd, &addr), 0);
    cr_assert_eq(VALUE(join(server)), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    cr_assert_eq(s.peer_len, sizeof s.peer);
    cr_assert_eq(s.peer.sin_port, own.sin_port, "accept tells who it is");
}

Test(io, accept_on_a_nonblocking_listener_waits_too, .timeout = 10)
{
    needs_suspending_io();
    struct sockaddr_in addr;
    SHARED struct server s;
    s.listener = listen_on_loopback(&addr);
    set_nonblocking(s.listener);
    thread_t server = spawn(accept_one, &s);
    await_blocked(server, THREAD_WAIT_IO);
    cr_assert_eq(connect_to(stream_socket(), &addr), 0);
    cr_assert_eq(VALUE(join(server)), 0);
}

Test(io, an_accepted_descriptor_has_just_the_flags_given, .timeout = 10)
{
    struct sockaddr_in addr;
    int listener = listen_on_loopback(&addr);
    const int flags[] = {0, SOCK_CLOEXEC, SOCK_NONBLOCK,
                         SOCK_CLOEXEC | SOCK_NONBLOCK};
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(connect_to(stream_socket(), &addr), 0);
        int fd = thread_accept(listener, NULL, NULL, flags[i]);
        cr_assert_geq(fd, 0);
        cr_assert_eq(!!(fcntl(fd, F_GETFD) & FD_CLOEXEC),
                     !!(flags[i] & SOCK_CLOEXEC));
        cr_assert_eq(!!(fcntl(fd, F_GETFL) & O_NONBLOCK),
                     !!(flags[i] & SOCK_NONBLOCK));
    }
}

Test(io, accept_gives_up_at_its_deadline, .timeout = 10)
{
    struct sockaddr_in addr;
    int listener = listen_on_loopback(&addr);
    uint64_t deadline = in_ms(10);
    cr_assert_fails(thread_accept_until(listener, NULL, NULL, 0, deadline),
                    ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_fails(thread_accept_until(listener, NULL, NULL, 0, 0), ETIMEDOUT);
    cr_assert_eq(connect_to(stream_socket(), &addr), 0);
    cr_assert_geq(thread_accept_until(listener, NULL, NULL, 0, 0), 0);
}

Test(io, connect_to_nobody_gives_ECONNREFUSED, .timeout = 10)
{
    struct sockaddr_in addr;
    const struct sockaddr *to = (struct sockaddr *)&addr;
    close(listen_on_loopback(&addr));
    cr_assert_fails(connect_to(stream_socket(), &addr), ECONNREFUSED);
    cr_assert_fails(
        thread_connect_until(stream_socket(), to, sizeof addr, in_ms(5000)),
        ECONNREFUSED);
}

Test(io, connect_of_a_nonblocking_socket_waits, .timeout = 10)
{
    struct sockaddr_in addr;
    int listener = listen_on_loopback(&addr);
    int fd = stream_socket();
    set_nonblocking(fd);
    cr_assert_eq(connect_to(fd, &addr), 0);
    int peer = thread_accept(listener, NULL, NULL, 0);
    cr_assert_eq(thread_send(fd, "x", 1, 0), 1);
    cr_assert_eq(thread_recv(peer, (char[1]){0}, 1, 0), 1);
    cr_assert_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

Test(io, connect_by_a_deadline_connects, .timeout = 10)
{
    struct sockaddr_in addr;
    int listener = listen_on_loopback(&addr);
    int fd = stream_socket();
    cr_assert_eq(thread_connect_until(fd, (struct sockaddr *)&addr, sizeof addr,
                                      in_ms(5000)),
                 0);
    cr_assert_geq(thread_accept(listener, NULL, NULL, 0), 0);
    cr_assert_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

/* A UNIX-domain listener whose queue is full: nobody gets in. */
static struct sockaddr_un
full_house(void)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    snprintf(addr.sun_path + 1, sizeof addr.sun_path - 1, "threadbare-%d",
             (int)getpid());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    cr_assert_eq(listen(fd, 0), 0);
    int guest = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(connect(guest, (struct sockaddr *)&addr, sizeof addr), 0);
    return addr;
}

Test(io, connect_gives_up_at_its_deadline, .timeout = 10)
{
    struct sockaddr_un addr = full_house();
    const int kinds[] = {SOCK_STREAM, SOCK_STREAM | SOCK_NONBLOCK};
    for (int i = 0; i < 2; i++) {
        int fd = socket(AF_UNIX, kinds[i], 0);
        uint64_t deadline = in_ms(20);
        cr_assert_fails(thread_connect_until(fd, (struct sockaddr *)&addr,
                                             sizeof addr, deadline),
                        ETIMEDOUT);
        cr_assert_geq(thread_now(), deadline);
    }
}

Test(io, recv_and_send_go_both_ways, .timeout = 10)
{
    int ends[2];
    char buf[8] = "";
    open_pair(SOCK_STREAM, ends);
    cr_assert_eq(thread_send(ends[0], "ping", 5, 0), 5);
    cr_assert_eq(thread_recv(ends[1], buf, 8, MSG_PEEK), 5);
    cr_assert_eq(thread_recv(ends[1], buf, 8, 0), 5);
    cr_assert_str_eq(buf, "ping");
    cr_assert_eq(thread_send_until(ends[1], "pong", 5, 0, 0), 5);
    cr_assert_eq(thread_recv_until(ends[0], buf, 8, 0, 0), 5);
    cr_assert_str_eq(buf, "pong");
    close(ends[0]);
    cr_assert_eq(thread_recv(ends[1], buf, 8, 0), 0);
}

static void *
recv_there(void *arg)
{
    struct reader *r = arg;
    r->result = thread_recv(r->fd, r->buf, sizeof r->buf, 0);
    r->error = errno;
    return NULL;
}

Test(io, a_recv_waits_for_a_send, .timeout = 10)
{
    needs_suspending_io();
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    SHARED struct reader r;
    r.fd = ends[0];
    thread_t reader = spawn(recv_there, &r);
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(thread_send(ends[1], "late", 5, 0), 5);
    join(reader);
    cr_assert_eq(r.result, 5);
    cr_assert_str_eq(r.buf, "late");
}

Test(io, a_recv_gives_up_at_its_deadline_and_loses_nothing, .timeout = 10)
{
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    for (int i = 0; i < 20; i++) {
        char lost[4] = "", kept[4] = "";
        uint64_t deadline = thread_now() + 200000;
        cr_assert_fails(thread_recv_until(ends[0], lost, 4, 0, deadline),
                        ETIMEDOUT);
        cr_assert_geq(thread_now(), deadline);
        cr_assert_eq(thread_send(ends[1], "abc", 4, 0), 4);
        cr_assert_eq(thread_recv(ends[0], kept, 4, 0), 4);
        cr_assert_str_eq(kept, "abc");
        cr_assert_str_eq(lost, "");
    }
}

Test(io, a_send_to_a_full_socket_gives_up_at_its_deadline, .timeout = 10)
{
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    fill(ends[0]);
    uint64_t deadline = in_ms(10);
    cr_assert_fails(thread_send_until(ends[0], "x", 1, 0, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
}

Test(io, a_recv_that_must_not_wait_gives_EAGAIN, .timeout = 10)
{
    int ends[2];
    char byte;
    open_pair(SOCK_STREAM, ends);
    cr_assert_fails(thread_recv(ends[0], &byte, 1, MSG_DONTWAIT), EAGAIN);
}

Test(io, a_datagram_stays_one_piece, .timeout = 10)
{
    int ends[2];
    char buf[8];
    open_pair(SOCK_DGRAM, ends);
    cr_assert_eq(thread_send(ends[0], "one", 3, 0), 3);
    cr_assert_eq(thread_send(ends[0], "three", 5, 0), 5);
    cr_assert_eq(thread_recv(ends[1], buf, 8, 0), 3);
    cr_assert_eq(thread_recv(ends[1], buf, 8, 0), 5);
}

Test(io, a_send_to_a_closed_peer_gives_EPIPE_without_SIGPIPE, .timeout = 10)
{
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
    cr_assert_fails(thread_send(ends[0], "x", 1, 0), EPIPE);
    cr_assert_fails(thread_send(ends[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    cr_assert_fails(thread_send_until(ends[0], "x", 1, 0, in_ms(5)), EPIPE);
}
