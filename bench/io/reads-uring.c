/* SPDX-License-Identifier: MIT */
/* reads-uring.c - io_uring and nothing else, 64 reads under way. */
#include "reads.h"

#include "ring.h"

static size_t reading;

/* The reader's next read joins the queue, if there is to be one. */
static void
ask(struct reader *r)
{
    off_t at = reads_next(r);
    if (at < 0)
        return;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
    io_uring_prep_read(sqe, reads_fd, r->buf, READS_BLOCK, (uint64_t)at);
    io_uring_sqe_set_data(sqe, r);
    reading++;
}

static void
read_all(void)
{
    for (size_t i = 0; i < READS_DEPTH; i++)
        ask(&readers[i]);
    while (reading > 0) {
        struct io_uring_cqe *cqe;
        unsigned head, n = 0;
        io_uring_submit_and_wait(&ring, 1);
        io_uring_for_each_cqe(&ring, head, cqe)
        {
            struct reader *r = io_uring_cqe_get_data(cqe);
            reading--;
            n++;
            reads_took(r, cqe->res);
            ask(r);
        }
        io_uring_cq_advance(&ring, n);
    }
}

int
main(int argc, char **argv)
{
    ring_open(2 * READS_DEPTH);
    return reads_main(argc, argv, read_all);
}
