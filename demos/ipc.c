/* SPDX-License-Identifier: MIT */
/*
 * ipc.c - a message to another process, and a pointer to another thread.
 *
 * Processes share nothing, so what one has to say to another is copied: into
 * the kernel and out of it (a pipe, a socket, a message queue), through a file,
 * or once, into memory that both have mapped. Threads hand over a pointer, so
 * it is all the same how much there is to say. Measured is a message there and
 * back again, small and large. (A thread that is a process hands over a pointer
 * too, if it is one into memory that was mapped for all.)
 */
#include "demo.h"
#include "machine.h"
#include "other.h"
#include "sync.h"
#include "ways.h"

#include <math.h>
#include <stdio.h>

enum { SMALL = 64, LARGE = 1 << 20 };
enum { BLOCKS = 20, SMALL_ROUNDS = 20, LARGE_ROUNDS = 4 };

/* A large message, in times of a small one. */
#define COPIED 3.0 /* at least */
#define HANDED 3.0 /* less than */

static int ways_there;

typedef void there_and_back_fn(const struct way *way, size_t size);

/* Of a message there and back, in ns. */
struct times {
    double small, large;
};

static double
block(there_and_back_fn *there_and_back, const struct way *way, size_t size,
      int rounds)
{
    uint64_t start = thread_now();
    for (int i = 0; i < rounds; i++)
        there_and_back(way, size);
    return (double)(thread_now() - start) / rounds;
}

/* The shortest of several blocks, small and large by turns: what it takes when
 * nobody else wants the CPU. */
static struct times
times_of(there_and_back_fn *there_and_back, const struct way *way)
{
    struct times t = {INFINITY, INFINITY};
    for (int b = 0; b < BLOCKS; b++) {
        t.small =
            fmin(t.small, block(there_and_back, way, SMALL, SMALL_ROUNDS));
        t.large =
            fmin(t.large, block(there_and_back, way, LARGE, LARGE_ROUNDS));
    }
    return t;
}

/* ---- To a process ---- */

static void
to_process(const struct way *way, size_t size)
{
    way->send(size);
    way->receive(size);
}

static void
from_process(const struct way *way, size_t size)
{
    way->receive(size);
    way->send(size);
}

static void
be_the_other(void *arg)
{
    (void)arg;
    ways_take(false);
    for (int w = 0; w < ways_there; w++)
        times_of(from_process, &ways[w]);
}

/* ---- To a thread ---- */

static struct desk {
    struct semaphore there, back;
    const char *message; /* lies where it lies */
    bool end;
    char text[LARGE];
} * desk;

static void
to_thread(const struct way *none, size_t size)
{
    (void)none;
    desk->message = desk->text + (LARGE - size);
    semaphore_post(&desk->there);
    semaphore_wait(&desk->back);
}

static void *
take_pointers(void *arg)
{
    for (semaphore_wait(&desk->there); !desk->end;
         semaphore_wait(&desk->there)) {
        desk->message = NULL;
        semaphore_post(&desk->back);
    }
    return arg;
}

/* ---- Both ---- */

/* Returns how many times a small one's a large one's time is. */
static double
measure(struct demo_run *d, const char *name, there_and_back_fn *there_and_back,
        const struct way *way)
{
    char label[64];
    struct times t = times_of(there_and_back, way);
    snprintf(label, sizeof label, "%s_64_B", name);
    demo_measure(d, label, t.small, "ns");
    snprintf(label, sizeof label, "%s_1_MiB", name);
    demo_measure(d, label, t.large, "ns");
    return t.large / t.small;
}

static double
measure_pointer(struct demo_run *d)
{
    thread_t other = demo_thread(d, "other", take_pointers, NULL);
    double times = measure(d, "pointer", to_thread, NULL);
    desk->end = true;
    semaphore_post(&desk->there);
    demo_join(other);
    return times;
}

static void
run(struct demo_run *d)
{
    ways_there = ways_open(LARGE) ? WAYS : WAYS - 1;
    machine_stay_here(); /* all of us: to wake another CPU has its own price */
    other_start(be_the_other, NULL);
    ways_take(true);
    desk = demo_shared(d, sizeof *desk);
    demo_predict(d,
                 "a message of 1 MiB takes a pointer less than %.0f times "
                 "as long as one of 64 B, and any way between processes "
                 "more",
                 HANDED);
    double pointer = measure_pointer(d), least = INFINITY;
    for (int w = 0; w < ways_there; w++) {
        least = fmin(least, measure(d, ways[w].name, to_process, &ways[w]));
    }
    demo_found(d,
               "1 MiB took a pointer %.2g times as long as 64 B, and the "
               "best way between processes %.2g times as long%s",
               pointer, least,
               ways_there < WAYS ? " (there are no message queues here)" : "");
    demo_judge(d, pointer < HANDED && least >= COPIED,
               "a pointer is as long as any other; what is copied is not");
}

static const struct demo demo = {
    .name = "ipc",
    .claim = "Between processes a message is copied and costs by its size; "
             "between threads a pointer does.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
