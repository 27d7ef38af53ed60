/* SPDX-License-Identifier: MIT */
/*
 * io_tiny_ring.c - the io_uring engine with the smallest ring there is, and a
 * thousand operations.
 *
 * Eight places to submit, sixteen for results: every few operations the
 * submission queue is full, and when a thousand become complete at once the
 * completion queue is full too, and the kernel keeps the rest back. That it
 * came to this is not assumed: the kernel tells of each ring what it keeps, in
 * /proc/self/fdinfo.
 */
#include "many_reads.h"

#include "sched.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES = 16 /* for results */ };

static void
start_with_tiny_ring(void)
{
    setenv("UTHREADS_RING", "8", 1);
    sched_self();
    if (io_engine != &io_engine_uring)
        cr_skip_test("%s", io_fallback);
    open_pipes();
}

/* ---- What the kernel says of our ring ---- */

struct ring {
    unsigned mask; /* of the completion queue: its places, less one */
    unsigned kept; /* results that found no place there */
    bool tells;    /* this kernel says how many */
};

/* Fill in what one file says, if it is that of a ring. */
static bool
read_ring(FILE *about, struct ring *r)
{
    char line[200];
    bool found = false;
    while (fgets(line, sizeof line, about)) {
        found |= sscanf(line, "CqMask: %x", &r->mask) == 1;
        r->kept += r->tells && strstr(line, "user_data=") != NULL;
        r->tells |= strncmp(line, "CqOverflowList:", 15) == 0;
    }
    return found;
}

static struct ring
our_ring(void)
{
    struct ring r = {.tells = false};
    for (int fd = 0; fd < 64; fd++) {
        char path[40];
        snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        FILE *about = fopen(path, "r");
        bool found = about && read_ring(about, &r);
        if (about)
            fclose(about);
        if (found)
            break;
    }
    return r;
}

/* ---- The tests ---- */

static void
write_all(void)
{
    for (uintptr_t i = 1; i <= COUNT; i++)
        cr_assert_eq(write(pipes[i - 1][1], &i, sizeof i), sizeof i);
}

static void
numbers_have_come(void)
{
    for (int i = 0; i < COUNT; i++) {
        void *number = NULL;
        cr_assert_eq(thread_join(threads[i], &number), 0);
        cr_assert_eq((uintptr_t)number, (uintptr_t)i + 1);
    }
    cr_assert_eq(io_engine->pending(), 0);
}

Test(tiny_ring, loses_nothing_when_more_is_done_than_it_has_places,
     .timeout = 20)
{
    start_with_tiny_ring();
    struct ring ring = our_ring();
    if (!ring.tells)
        cr_skip_test("this kernel does not tell what it keeps back");
    cr_assert_eq(ring.mask, PLACES - 1, "the ring is as small as asked for");
    spawn_all(read_number);
    until_all_wait();
    write_all();
    io_engine->poll(); /* as the scheduler does now and then */
    cr_assert_gt(our_ring().kept, 0, "more came than there were places");
    numbers_have_come();
}

/* All results at once, and nobody ready: the process sleeps in the ring. */
Test(tiny_ring, does_not_sleep_on_results_that_were_kept_back, .timeout = 20)
{
    start_with_tiny_ring();
    spawn_all(read_number);
    until_all_wait();
    write_all();
    numbers_have_come();
}

static uint64_t deadline;

static void *
read_in_vain(void *ends)
{
    char byte;
    ssize_t n = thread_read_until(((int *)ends)[0], &byte, 1, deadline);
    return (void *)(uintptr_t)(n == -1 ? errno : 0);
}

Test(tiny_ring, takes_back_a_thousand_reads_at_one_deadline, .timeout = 20)
{
    start_with_tiny_ring();
    deadline = thread_now() + 50000000;
    spawn_all(read_in_vain);
    for (int i = 0; i < COUNT; i++) {
        void *error = NULL;
        cr_assert_eq(thread_join(threads[i], &error), 0);
        cr_assert_eq((uintptr_t)error, ETIMEDOUT);
    }
    cr_assert_eq(io_engine->pending(), 0);
}

/* A byte that is passed on from pipe to pipe, by a thread between each two:
 * as many bytes as there are threads, and each goes round as many times. */
enum { TURNS = 20 };

static void *
pass_on(void *ends)
{
    int *from = ends, *to = from == pipes[COUNT - 1] ? pipes[0] : from + 2;
    uintptr_t passed = 0;
    char byte;
    while (passed < TURNS && thread_read(from[0], &byte, 1) == 1 &&
           thread_write(to[1], &byte, 1) == 1)
        passed++;
    return (void *)passed;
}

Test(tiny_ring, passes_on_a_thousand_bytes_at_once, .timeout = 60)
{
    start_with_tiny_ring();
    spawn_all(pass_on);
    until_all_wait();
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(write(pipes[i][1], "x", 1), 1);
    for (int i = 0; i < COUNT; i++) {
        void *passed = NULL;
        cr_assert_eq(thread_join(threads[i], &passed), 0);
        cr_assert_eq((uintptr_t)passed, TURNS);
    }
    cr_assert_eq(io_engine->pending(), 0);
}

/* To cancel takes a place in the submission queue. If that is full, place is
 * made, and what was to be cancelled may be found done. */
Test(tiny_ring, what_ends_while_it_is_being_cancelled_ends_once, .timeout = 20)
{
    enum { FULL = 8 };
    thread_t reader;
    void *number = NULL;
    start_with_tiny_ring();
    cr_assert_eq(thread_create(&reader, NULL, read_number, pipes[FULL]), 0);
    thread_yield();
    io_engine->poll(); /* the kernel has it */
    for (int i = 0; i < FULL; i++)
        cr_assert_eq(thread_create(&threads[i], NULL, read_number, pipes[i]),
                     0);
    thread_yield(); /* the queue is full */
    cr_assert_eq(write(pipes[FULL][1], &(uintptr_t){9}, 8), 8);
    thread_cancel(reader);
    cr_assert_eq(thread_join(reader, &number), 0);
    cr_assert_eq((uintptr_t)number, 9, "it was done before it was cancelled");
    io_engine->poll();
    cr_assert_eq(io_engine->pending(), FULL, "the others, and they alone");
}
