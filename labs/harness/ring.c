/* SPDX-License-Identifier: MIT */
/*
 * ring.c - can io_uring be had in here?
 *
 * A filter may allow the set-up and refuse the use, so an operation goes there
 * and back. Run in the sandbox before the tests of a lab that needs a ring: if
 * this program fails, that is not the submission's fault. Status 0, or 1 with
 * the step that was refused, and why, on standard output.
 */
#include <liburing.h>
#include <stdio.h>
#include <string.h>

#define ENTRIES 256 /* as the library asks for */

static int
refused(const char *step, int error)
{
    printf("%s: %s\n", step, strerror(-error));
    return 1;
}

int
main(void)
{
    struct io_uring ring;
    struct io_uring_cqe *cqe;
    int error = io_uring_queue_init(ENTRIES, &ring, 0);
    if (error)
        return refused("io_uring_setup", error);
    io_uring_prep_nop(io_uring_get_sqe(&ring));
    error = io_uring_submit_and_wait(&ring, 1);
    if (error < 0)
        return refused("io_uring_enter", error);
    error = io_uring_peek_cqe(&ring, &cqe);
    return error ? refused("completion", error) : 0;
}
