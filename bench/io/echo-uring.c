/* SPDX-License-Identifier: MIT */
/*
 * echo-uring.c - a server on io_uring and nothing else: what the interface
 * gives to a state machine that has no threads to switch between.
 *
 * A connection is a descriptor and a buffer. A received message is answered
 * with a send, a sent one followed by a receive.
 */
#include "echo.h"

#include "ring.h"

#define ENTRIES 1024

static char (*buffers)[ECHO_BUFFER]; /* by descriptor */
static int listener;

/* What has completed, and for whom: the user data of an operation. */
enum kind { RECEIVED, SENT, ACCEPTED };
#define USER_DATA(fd, kind) ((uint64_t)(fd) << 2 | (kind))

static struct io_uring_sqe *
next_sqe(void)
{
    struct io_uring_sqe *sqe;
    while ((sqe = io_uring_get_sqe(&ring)) == NULL)
        io_uring_submit(&ring);
    return sqe;
}

static void
receive(int fd)
{
    struct io_uring_sqe *sqe = next_sqe();
    io_uring_prep_recv(sqe, fd, buffers[fd], ECHO_BUFFER, 0);
    io_uring_sqe_set_data64(sqe, USER_DATA(fd, RECEIVED));
}

static void
reply(int fd, int n)
{
    struct io_uring_sqe *sqe = next_sqe();
    io_uring_prep_send(sqe, fd, buffers[fd], (size_t)n, 0);
    io_uring_sqe_set_data64(sqe, USER_DATA(fd, SENT));
}

static void
accept_next(void)
{
    struct io_uring_sqe *sqe = next_sqe();
    io_uring_prep_accept(sqe, listener, NULL, NULL, 0);
    io_uring_sqe_set_data64(sqe, USER_DATA(listener, ACCEPTED));
}

static void
completed(uint64_t data, int result)
{
    int fd = (int)(data >> 2);
    enum kind kind = data & 3;
    if (kind == ACCEPTED) {
        if (result >= 0 && result < ECHO_MOST) {
            echo_prepare(result);
            receive(result);
        }
        accept_next();
    } else if (result <= 0) {
        close(fd);
    } else if (kind == RECEIVED) {
        reply(fd, result);
    } else {
        receive(fd);
    }
}

int
main(void)
{
    ring_open(ENTRIES);
    buffers = calloc(ECHO_MOST, sizeof *buffers);
    listener = echo_listen();
    accept_next();
    for (;;) {
        struct io_uring_cqe *cqe;
        unsigned head, n = 0;
        io_uring_submit_and_wait(&ring, 1);
        io_uring_for_each_cqe(&ring, head, cqe)
        {
            completed(cqe->user_data, cqe->res);
            n++;
        }
        io_uring_cq_advance(&ring, n);
    }
}
