/* SPDX-License-Identifier: MIT */
/*
 * time.c - sleeping, and a heap of deadlines.
 *
 * The threads that wait with a deadline form a binary heap: an array in which
 * each thread's deadline is no later than those of its two children at 2i and
 * 2i + 1. The earliest is thus at place 1; inserting or removing one of n
 * threads moves at most log2(n) others. Each thread knows its own place, so one
 * that is woken early takes itself out without a search.
 *
 * Equal deadlines are woken in no particular order.
 */
#include "time.h"

#include "cancel.h"
#include "clock.h"
#include "panic.h"

#include <errno.h>
#include <stdlib.h>

static struct {
    struct uthread **at; /* at[1] to at[count]; at[0] is not used */
    size_t count;
    size_t capacity; /* at least the number of threads alive */
} heap;

static void
put(size_t place, struct uthread *t)
{
    heap.at[place] = t;
    t->timer = (uint32_t)place;
}

/* Move a thread from a place up towards the root until its parent is no later;
 * later parents move down.
 * LAB(blocking-io): put it where it belongs. */
static void
sift_up(size_t place, struct uthread *t)
{
    while (place > 1 && heap.at[place / 2]->deadline > t->deadline) {
        put(place, heap.at[place / 2]);
        place /= 2;
    }
    put(place, t);
}

/* Move it down towards the leaves until no child is earlier.
 * LAB(blocking-io): which of two children goes up in its place? */
static void
sift_down(size_t place, struct uthread *t)
{
    for (;;) {
        size_t child = 2 * place;
        if (child < heap.count &&
            heap.at[child + 1]->deadline < heap.at[child]->deadline)
            child++;
        if (child > heap.count || heap.at[child]->deadline >= t->deadline)
            break;
        put(place, heap.at[child]);
        place = child;
    }
    put(place, t);
}

/* LAB(blocking-io): the last place of all, and up from there. */
void
time_insert(struct uthread *t, uint64_t deadline)
{
    invariant(t->timer == 0 && heap.count < heap.capacity);
    t->deadline = deadline;
    sift_up(++heap.count, t);
}

/* The last one fills the gap, and goes up or down from there.
 * LAB(blocking-io): a timer of 0 says that it is not in the heap any more. */
void
time_take_out(struct uthread *t)
{
    size_t place = t->timer;
    struct uthread *last = heap.at[heap.count--];
    t->timer = 0;
    if (last == t)
        return;
    if (place > 1 && heap.at[place / 2]->deadline > last->deadline)
        sift_up(place, last);
    else
        sift_down(place, last);
}

int
time_reserve(size_t threads)
{
    if (threads <= heap.capacity)
        return 0;
    size_t capacity = heap.capacity ? heap.capacity * 2 : 64;
    struct uthread **at = realloc(heap.at, (capacity + 1) * sizeof *at);
    if (!at)
        return ENOMEM;
    heap.at = at;
    heap.capacity = capacity;
    return 0;
}

/* LAB(blocking-io): without a look at all the others. */
uint64_t
time_earliest(void)
{
    return heap.count > 0 ? heap.at[1]->deadline : THREAD_FOREVER;
}

/* LAB(blocking-io): wake those whose deadline has passed, the earliest first.
 * How do they learn why they were woken? And who was woken already? */
void
time_expire(void)
{
    if (heap.count == 0)
        return;
    uint64_t now = clock_now();
    while (heap.count > 0 && heap.at[1]->deadline <= now) {
        struct uthread *t = heap.at[1];
        time_take_out(t);
        if (t->state != THREAD_BLOCKED)
            continue; /* woken already: it has not run yet, but it was first */
        t->wait_error = ETIMEDOUT;
        sched_wake(t);
    }
}

uint64_t
thread_now(void)
{
    return clock_now();
}

/* LAB(blocking-io): from now on; THREAD_FOREVER is later than anything. */
void
thread_sleep(uint64_t ns)
{
    uint64_t now = clock_now();
    thread_sleep_until(ns < THREAD_FOREVER - now ? now + ns : THREAD_FOREVER);
}

/* LAB(blocking-io): time_block, for nobody to wake but the clock; a
 * cancellation point. */
void
thread_sleep_until(uint64_t deadline)
{
    int error = time_block(&(struct wait){.kind = THREAD_WAIT_SLEEP,
                                          .fd = -1,
                                          .cancellable = true},
                           deadline);
    if (error == ECANCELED)
        cancel_now();
}
