/* SPDX-License-Identifier: MIT */
/* reads-ours.c - 64 threads of the contract's that call thread_pread. */
#include "reads.h"

#include "io.h"
#include "thread.h"

static void *
read_on(void *arg)
{
    struct reader *r = arg;
    off_t at;
    while ((at = reads_next(r)) >= 0) {
        ssize_t n = thread_pread(reads_fd, r->buf, READS_BLOCK, at);
        reads_took(r, n < 0 ? -errno : n);
    }
    return NULL;
}

static void
read_all(void)
{
    thread_t threads[READS_DEPTH];
    for (size_t i = 0; i < READS_DEPTH; i++) {
        int error = thread_create(&threads[i], NULL, read_on, &readers[i]);
        if (error)
            reads_skip("thread_create", error);
    }
    for (size_t i = 0; i < READS_DEPTH; i++)
        thread_join(threads[i], NULL);
}

int
main(int argc, char **argv)
{
    thread_model(); /* the library starts before the clock does */
    return reads_main(argc, argv, read_all);
}
