/* SPDX-License-Identifier: MIT */
/*
 * io_no_uring.c - what stands in for io_uring.c in a build without liburing
 * (URING=0): an engine that says that it is not there, so the next one is
 * taken, openly.
 */
#include "io_engine.h"

#include <errno.h>

static int
no_uring_open(const char **what)
{
    *what = "built without liburing";
    return ENOSYS;
}

const struct io_engine io_engine_uring = {
    .name = "uring",
    .open = no_uring_open,
};
