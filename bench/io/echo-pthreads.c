/* SPDX-License-Identifier: MIT */
/* echo-pthreads.c - a kernel thread for each connection, and blocking calls. */
#include "echo.h"

#include <pthread.h>
#include <stdint.h>

static void *
serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char buf[ECHO_BUFFER];
    ssize_t n;
    while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
        if (send(fd, buf, (size_t)n, 0) != n)
            break;
    close(fd);
    return NULL;
}

int
main(void)
{
    int listener = echo_listen(), fd;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        pthread_t thread;
        echo_prepare(fd);
        errno = pthread_create(&thread, &attr, serve, (void *)(intptr_t)fd);
        if (errno)
            echo_give_up("pthread_create", ECHO_SKIP);
    }
    echo_give_up("accept", EXIT_FAILURE);
}
