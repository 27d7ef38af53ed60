/* SPDX-License-Identifier: MIT */
/* many_reads.h - a thousand threads, each with a pipe of its own to wait at. */
#ifndef TESTS_UTHREADS_MANY_READS_H
#define TESTS_UTHREADS_MANY_READS_H

#include "io_engine.h"

#include "io.h"

#include <criterion/criterion.h>
#include <unistd.h>

enum { COUNT = 1000 };

static int pipes[COUNT][2];
static thread_t threads[COUNT];

static inline void
open_pipes(void)
{
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(pipe(pipes[i]), 0, "raise ulimit -n: it takes %d",
                     2 * COUNT);
}

static inline void
spawn_all(void *(*fn)(void *))
{
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(thread_create(&threads[i], NULL, fn, pipes[i]), 0);
}

/* Let everybody run until he waits for input. */
static inline void
until_all_wait(void)
{
    while (io_engine->pending() < COUNT)
        thread_yield();
}

static inline void *
read_number(void *ends)
{
    uintptr_t number = 0;
    ssize_t n = thread_read(((int *)ends)[0], &number, sizeof number);
    return (void *)(n == (ssize_t)sizeof number ? number : 0);
}

#endif
