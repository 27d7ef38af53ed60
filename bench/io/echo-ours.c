/* SPDX-License-Identifier: MIT */
/*
 * echo-ours.c - a thread for each connection, against the contract.
 *
 * The same lines as echo-pthreads.c: linked with each of our libraries, and
 * run on each I/O engine.
 */
#include "echo.h"

#include "io.h"
#include "thread.h"

#include <stdint.h>

static void *
serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char buf[ECHO_BUFFER];
    ssize_t n;
    while ((n = thread_recv(fd, buf, sizeof buf, 0)) > 0)
        if (thread_send(fd, buf, (size_t)n, 0) != n)
            break;
    close(fd);
    return NULL;
}

int
main(void)
{
    static const struct thread_attr attr = {.detached = true};
    thread_model(); /* what cannot be had is said before a port is named */
    int listener = echo_listen(), fd;
    while ((fd = thread_accept(listener, NULL, NULL, 0)) >= 0) {
        echo_prepare(fd);
        errno = thread_create(NULL, &attr, serve, (void *)(intptr_t)fd);
        if (errno)
            echo_give_up("thread_create", ECHO_SKIP);
    }
    echo_give_up("accept", EXIT_FAILURE);
}
