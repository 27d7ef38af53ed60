/* SPDX-License-Identifier: MIT */
/*
 * ring.h - a ring for those who use io_uring and nothing else, set up as well
 * as this kernel allows: what ours is compared with should be no worse off.
 */
#ifndef BENCH_IO_RING_H
#define BENCH_IO_RING_H

#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct io_uring ring;

static inline void
ring_open(unsigned entries)
{
    struct io_uring_params wanted = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                              IORING_SETUP_DEFER_TASKRUN};
    int error = io_uring_queue_init_params(entries, &ring, &wanted);
    if (error == -EINVAL)
        error = io_uring_queue_init(entries, &ring, 0);
    if (error) {
        fprintf(stderr, "no io_uring: %s\n", strerror(-error));
        exit(77);
    }
    io_uring_register_ring_fd(&ring); /* saves a look-up each time, if it can */
}

#endif
