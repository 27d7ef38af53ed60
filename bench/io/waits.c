/* SPDX-License-Identifier: MIT */
/*
 * waits.c - 200 ms in each call of io.h, as long as another process wants it.
 *
 * A wait is prepared before the ticker starts. The process that ends it begins
 * with the wait itself, and makes nothing but system calls.
 */
#include "ticker.h"

#include "io.h"
#include "thread.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int fds[2]; /* what is waited for, and its other end */
static char block[65536];

/* Something did not go as it must for the number to mean anything. */
static void
need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    _exit(1);
}

/* Another process: does something when the wait has lasted long enough. */
static pid_t
later(void (*act)(void))
{
    static const struct timespec span = {.tv_nsec = TICKER_SPAN};
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    nanosleep(&span, NULL);
    act();
    _exit(0);
}

/* ---- What ends the waits ---- */

static void
write_one(void)
{
    need(write(fds[1], "x", 1) == 1, "write");
}

static void
read_all(void)
{
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    while (read(fds[1], block, sizeof block) > 0)
        continue;
}

/* ---- What they wait for ---- */

static void
make_pipe(void)
{
    need(pipe(fds) == 0, "pipe");
}

static void
make_sockets(void)
{
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
}

/* Until it takes no more. fds[0] becomes the end to write to. */
static void
fill(void)
{
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    while (write(fds[0], block, sizeof block) > 0)
        continue;
    while (write(fds[0], block, 1) > 0)
        continue;
    fcntl(fds[0], F_SETFL, 0);
}

static void
make_full_pipe(void)
{
    make_pipe();
    int reads = fds[0];
    fds[0] = fds[1];
    fds[1] = reads;
    fill();
}

static void
make_full_sockets(void)
{
    make_sockets();
    fill();
}

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_len;

static void
make_listener(void)
{
    address_len =
        (socklen_t)sizeof address.sun_family; /* the kernel names it */
    fds[0] = socket(AF_UNIX, SOCK_STREAM, 0);
    need(bind(fds[0], (struct sockaddr *)&address, address_len) == 0, "bind");
    need(listen(fds[0], 0) == 0, "listen");
    address_len = sizeof address;
    getsockname(fds[0], (struct sockaddr *)&address, &address_len);
}

static void
connect_to_it(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    need(connect(fd, (struct sockaddr *)&address, address_len) == 0, "connect");
}

/* A listener that has as many connections waiting as it will take. */
static void
make_full_listener(void)
{
    make_listener();
    connect_to_it();
}

static void
accept_one(void)
{
    need(accept(fds[0], NULL, NULL) >= 0, "accept");
}

/* ---- The waits ---- */

static void
wait_sleep(void)
{
    thread_sleep(TICKER_SPAN);
}

static void
wait_read(void)
{
    later(write_one);
    need(thread_read(fds[0], block, 1) == 1, "read");
}

static void
wait_write(void)
{
    later(read_all);
    need(thread_write(fds[0], block, 1) == 1, "write");
}

static void
wait_recv(void)
{
    later(write_one);
    need(thread_recv(fds[0], block, 1, 0) == 1, "recv");
}

static void
wait_send(void)
{
    later(read_all);
    need(thread_send(fds[0], block, 1, 0) == 1, "send");
}

static void
wait_accept(void)
{
    later(connect_to_it);
    need(thread_accept(fds[0], NULL, NULL, 0) >= 0, "accept");
}

static void
wait_connect(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    later(accept_one);
    need(thread_connect(fd, (struct sockaddr *)&address, address_len) == 0,
         "connect");
}

static void
wait_poll(void)
{
    struct pollfd fd = {.fd = fds[0], .events = POLLIN};
    later(write_one);
    need(thread_poll(&fd, 1, THREAD_FOREVER) == 1, "poll");
}

static void *
sit_still(void *arg)
{
    static const struct timespec span = {.tv_nsec = TICKER_SPAN};
    nanosleep(&span, NULL);
    return arg;
}

static void
wait_blocking(void)
{
    thread_blocking(sit_still, NULL);
}

const struct ticker_wait ticker_waits[] = {
    {"nothing", NULL, wait_sleep},
    {"read", make_pipe, wait_read},
    {"write", make_full_pipe, wait_write},
    {"recv", make_sockets, wait_recv},
    {"send", make_full_sockets, wait_send},
    {"accept", make_listener, wait_accept},
    {"connect", make_full_listener, wait_connect},
    {"poll", make_pipe, wait_poll},
    {"blocking", NULL, wait_blocking},
    {NULL, NULL, NULL},
};
