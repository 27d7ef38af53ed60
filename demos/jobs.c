/* SPDX-License-Identifier: MIT */
/* jobs.c - see jobs.h. */
#include "jobs.h"

#include "answerer.h"
#include "compute.h"
#include "crowd.h"
#include "io.h"

#include <errno.h>
#include <string.h>

enum { JOBS = 3 * JOBS_THREADS };

#define JOB_NS (1e6 * JOBS_SUM / JOBS)

static struct answerer others[JOBS_THREADS];

static struct jobs {
    uint64_t wait;            /* of each, in ns */
    int steps;                /* of computing */
    int each;                 /* jobs of a thread */
    _Atomic uint64_t crowded; /* ns ready without a CPU, all threads together */
} * jobs;

void
jobs_open(void)
{
    for (int i = 0; i < JOBS_THREADS; i++)
        answerer_start(&others[i], answerer_give_byte);
}

static void
wait(const struct answerer *other)
{
    char byte;
    answerer_ask(other, jobs->wait);
    if (thread_read(other->answer, &byte, 1) != 1)
        demo_fail("the other process: %s", strerror(errno));
}

static void *
worker(void *other)
{
    volatile uint64_t result = 1;
    uint64_t crowded = crowd_waited();
    for (int i = 0; i < jobs->each; i++) {
        result = compute(result, jobs->steps);
        if (jobs->wait)
            wait(other);
    }
    jobs->crowded += crowd_waited() - crowded;
    return NULL;
}

static void
lay_out(struct demo_run *d, int threads, double waiting)
{
    static double steps_per_ns;
    if (!jobs) {
        jobs = demo_shared(d, sizeof *jobs);
        steps_per_ns = compute_steps_per_ns();
    }
    jobs->wait = (uint64_t)(waiting * JOB_NS);
    jobs->steps = (int)((1 - waiting) * JOB_NS * steps_per_ns);
    jobs->each = JOBS / threads;
    jobs->crowded = 0;
}

struct jobs_time
jobs_do(struct demo_run *d, int threads, double waiting)
{
    thread_t thread[JOBS_THREADS];
    lay_out(d, threads, waiting);
    uint64_t start = thread_now();
    for (int i = 0; i < threads; i++)
        thread[i] = demo_thread(d, "worker", worker, &others[i]);
    for (int i = 0; i < threads; i++)
        demo_join(thread[i]);
    double all = demo_ms(start, thread_now());
    double crowded = (double)jobs->crowded / 1e6;
    return (struct jobs_time){all, crowded / (all * threads)};
}
