/* SPDX-License-Identifier: MIT */
/*
 * io_worker.c - what the ring would do on the spot, and take long over, is
 * pushed to a worker: copying a large file that is in the page cache.
 */
#include "io_engine.h"

#include "io.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile unsigned long turns;
static volatile bool stop;

static void *
count_turns(void *unused)
{
    for (; !stop; turns++)
        thread_yield();
    return unused;
}

/* Turns that the others had during one copy, as a share of those that they have
 * in as long a time while nothing is copied. */
static double
share_of_turns(int fd, char *memory, size_t size)
{
    uint64_t start = thread_now();
    unsigned long before = turns;
    cr_assert_eq(thread_pread(fd, memory, size, 0), (ssize_t)size);
    unsigned long during = turns - before;
    uint64_t span = thread_now() - start;
    before = turns;
    thread_sleep(span);
    return (double)during / (double)(turns - before + 1);
}

Test(worker, others_run_while_a_large_file_is_copied, .timeout = 20)
{
    enum { SIZE = 16 << 20 };
    if (thread_model()->io_call_stalls)
        cr_skip_test("%s", io_fallback);
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        cr_skip_test("a worker needs a CPU of its own");
    char *memory = malloc(SIZE);
    FILE *file = tmpfile();
    double share = 0;
    cr_assert(memory && file);
    int fd = fileno(file);
    cr_assert_eq(ftruncate(fd, SIZE), 0);
    cr_assert_eq(pread(fd, memory, SIZE, 0), SIZE, "it is cached now");
    thread_t counter;
    cr_assert_eq(thread_create(&counter, NULL, count_turns, NULL), 0);
    while (turns == 0)
        thread_yield();
    for (int i = 0; i < 20 && share < 0.2; i++) /* if the machine is busy */
        share = share_of_turns(fd, memory, SIZE);
    stop = true;
    thread_join(counter, NULL);
    free(memory);
    cr_assert_geq(share, 0.2, "a share of %g", share);
}
