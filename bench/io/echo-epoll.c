/* SPDX-License-Identifier: MIT */
/*
 * echo-epoll.c - the plain server that the others are compared with: one
 * kernel thread, one loop, no library.
 *
 *      echo-epoll          level-triggered, as the manual page has it
 *      echo-epoll --edge   edge-triggered: fewer visits to the ready list
 *
 * A reply that the socket has no room for would have to be kept; with one small
 * message in flight a connection there is always room.
 */
#include "echo.h"

#include <fcntl.h>
#include <sys/epoll.h>

#define EVENTS 256

static int epoll;
static uint32_t mode = EPOLLIN;

static void
watch(int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        echo_give_up("epoll_ctl", EXIT_FAILURE);
}

static void
accept_all(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        echo_prepare(fd);
        watch(fd, mode);
    }
}

/* What is there goes back. With less than a buffer full the socket is empty:
 * the next byte is a new edge. */
static void
serve(int fd)
{
    char buf[ECHO_BUFFER];
    ssize_t n;
    do {
        n = recv(fd, buf, sizeof buf, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN) ||
            (n > 0 && send(fd, buf, (size_t)n, 0) != n)) {
            close(fd);
            return;
        }
    } while (n == sizeof buf);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--edge") == 0)
        mode |= EPOLLET;
    int listener = echo_listen();
    fcntl(listener, F_SETFL, O_NONBLOCK);
    epoll = epoll_create1(0);
    watch(listener, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener);
            else
                serve(events[i].data.fd);
        }
    }
}
