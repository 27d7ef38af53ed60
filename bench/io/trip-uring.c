/* SPDX-License-Identifier: MIT */
/*
 * trip-uring.c - the round trip of one operation, by io_uring and nothing
 * else; prints the nanoseconds of CPU time that one takes.
 *
 *      trip-uring null     eight bytes for /dev/null: nothing but the way
 *                          there and back
 *      trip-uring turns    a turn that is passed to and fro through two pipes:
 *                          each wait for it is a real one
 */
#include "ring.h"

#include "trip.h"

static void
ask(bool reads, int fd, uint64_t *value)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
    if (reads)
        io_uring_prep_read(sqe, fd, value, sizeof *value, 0);
    else
        io_uring_prep_write(sqe, fd, value, sizeof *value, 0);
    io_uring_sqe_set_data(sqe, value);
}

/* Wait for the next completion: the operation on which value? */
static uint64_t *
next(void)
{
    struct io_uring_cqe *cqe;
    while (io_uring_peek_cqe(&ring, &cqe) != 0)
        io_uring_submit_and_wait(&ring, 1);
    uint64_t *value = io_uring_cqe_get_data(cqe);
    trip_check(cqe->res);
    io_uring_cqe_seen(&ring, cqe);
    return value;
}

static void
null_trips(int fd, long n)
{
    uint64_t value = 1;
    for (long i = 0; i < n; i++) {
        ask(false, fd, &value);
        next();
    }
}

/* What two threads do, without them: whoever has been told tells the other,
 * and waits to be told again. */
static void
take_turns(int pipes[2][2], long n)
{
    uint64_t told[2], tell = 1;
    ask(true, pipes[0][0], &told[0]);
    ask(true, pipes[1][0], &told[1]);
    ask(false, pipes[0][1], &tell);
    for (long i = 0; i < n;) {
        uint64_t *value = next();
        if (value == &tell)
            continue;
        int me = value == &told[1];
        ask(true, pipes[me][0], &told[me]);
        ask(false, pipes[!me][1], &tell);
        i++;
    }
}

int
main(int argc, char **argv)
{
    ring_open(64);
    return trip_main(argc, argv, null_trips, take_turns);
}
