/* SPDX-License-Identifier: MIT */
/*
 * echo.h - what every echo server here has in common.
 *
 *      SERVER      prints the port that it listens on, then sends back what it
 *                  receives, on each connection, until it is killed
 *
 * The servers differ in one thing only: who waits for a connection, and how.
 * So all have the same buffer, the same socket options, and the same lack of
 * everything else. A server that cannot be had on this machine says why on
 * standard error, and its exit status is 77.
 */
#ifndef BENCH_IO_ECHO_H
#define BENCH_IO_ECHO_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ECHO_BUFFER  512   /* bytes, for one connection or for all */
#define ECHO_BACKLOG 4096  /* connections that wait to be accepted */
#define ECHO_MOST    16384 /* descriptors; one above the greatest */
#define ECHO_SKIP    77

static inline void
echo_give_up(const char *what, int status)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(status);
}

/* As many descriptors as we may have. */
static inline void
echo_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A listening socket on a port of the kernel's choice, which is printed. */
static inline int
echo_listen(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN);
    echo_raise_limit();
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 ||
        listen(fd, ECHO_BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        echo_give_up("listen", EXIT_FAILURE);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

/* What every server does with a new connection. */
static inline void
echo_prepare(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

#endif
