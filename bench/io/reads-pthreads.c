/* SPDX-License-Identifier: MIT */
/* reads-pthreads.c - 64 kernel threads that call pread(2). */
#include "reads.h"

#include <pthread.h>

static void *
read_on(void *arg)
{
    struct reader *r = arg;
    off_t at;
    while ((at = reads_next(r)) >= 0) {
        ssize_t n = pread(reads_fd, r->buf, READS_BLOCK, at);
        reads_took(r, n < 0 ? -errno : n);
    }
    return NULL;
}

static void
read_all(void)
{
    pthread_t threads[READS_DEPTH];
    for (size_t i = 0; i < READS_DEPTH; i++) {
        int error = pthread_create(&threads[i], NULL, read_on, &readers[i]);
        if (error)
            reads_skip("pthread_create", error);
    }
    for (size_t i = 0; i < READS_DEPTH; i++)
        pthread_join(threads[i], NULL);
}

int
main(int argc, char **argv)
{
    return reads_main(argc, argv, read_all);
}
