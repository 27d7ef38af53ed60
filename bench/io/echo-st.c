/* SPDX-License-Identifier: MIT */
/*
 * echo-st.c - State Threads, a user-level thread for each connection.
 *
 *      echo-st CONNECTIONS
 *
 * It asks for the library's best event system. Debian builds the library
 * without epoll, and what is best then is select, which knows no descriptor
 * above 1,023: for more connections it asks for poll.
 */
#include "echo.h"

#include <st.h>
#include <stdbool.h>
#include <stdint.h>

#define STACK_SIZE (16 * 1024)

static void *
serve(void *arg)
{
    st_netfd_t fd = arg;
    char buf[ECHO_BUFFER];
    ssize_t n;
    while ((n = st_read(fd, buf, sizeof buf, ST_UTIME_NO_TIMEOUT)) > 0)
        if (st_write(fd, buf, (size_t)n, ST_UTIME_NO_TIMEOUT) != n)
            break;
    st_netfd_close(fd);
    return NULL;
}

int
main(int argc, char **argv)
{
    bool few = argc < 2 || atoi(argv[1]) < FD_SETSIZE - 16;
    st_set_eventsys(few ? ST_EVENTSYS_ALT : ST_EVENTSYS_POLL);
    if (st_init() != 0)
        echo_give_up("st_init", ECHO_SKIP);
    st_netfd_t listener = st_netfd_open_socket(echo_listen());
    st_netfd_t fd;
    while ((fd = st_accept(listener, NULL, NULL, ST_UTIME_NO_TIMEOUT))) {
        echo_prepare(st_netfd_fileno(fd));
        if (!st_thread_create(serve, fd, 0, STACK_SIZE))
            echo_give_up("st_thread_create", ECHO_SKIP);
    }
    echo_give_up("st_accept", EXIT_FAILURE);
}
