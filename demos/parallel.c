/* SPDX-License-Identifier: MIT */
/*
 * parallel.c - is the same work done sooner by several threads?
 *
 * Threads that only compute never wait, so there is nothing to overlap: they
 * are faster together only if they really run at the same instant, on several
 * CPUs. User-level threads on one kernel thread take turns on one.
 *
 * The work is cut into pieces, and a thread that has done one takes the next,
 * so that nobody idles while another, slowed down by a stranger on its CPU,
 * still has a heap to do. A piece is one long chain in which each step needs
 * the one before, so a thread cannot be sped up by its CPU alone; and the sum
 * over all pieces is checked to be the same however it was split.
 */
#include "demo.h"
#include "machine.h"

#include <math.h>
#include <stdatomic.h>

enum { PIECES = 120, STEPS = 40000, MOST_THREADS = 8 };
enum { ROUNDS = 5, MOST_ROUNDS = 4 * ROUNDS };

#define WORTHWHILE 0.65 /* of the speed-up that so many CPUs could give */
#define NONE       1.25 /* less than this is no speed-up, but noise */
#define DISTURBED  0.15 /* of the time: others had the CPUs; no verdict */

struct work {
    uint64_t seed;
    int steps;
    atomic_int next;         /* the piece nobody has taken yet */
    _Atomic uint64_t sum;    /* over the pieces that are done */
    _Atomic uint64_t waited; /* for a CPU, all threads together, in ns */
};

static void *
worker(void *arg)
{
    struct work *w = arg;
    uint64_t waited = machine_waited_for_cpu();
    for (int piece; (piece = w->next++) < PIECES;) {
        uint64_t x = w->seed + (uint64_t)piece;
        for (int step = 0; step < w->steps; step++)
            x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9 + 1;
        w->sum += x;
    }
    w->waited += machine_waited_for_cpu() - waited;
    return NULL;
}

/* Do all of the work with so many threads. Returns how long it took, in ms. */
static double
work_with(struct demo_run *d, struct work *w, int threads)
{
    thread_t workers[MOST_THREADS];
    w->next = 0;
    w->sum = w->waited = 0;
    uint64_t start = thread_now();
    for (int i = 0; i < threads; i++)
        workers[i] = demo_thread(d, "worker", worker, w);
    for (int i = 0; i < threads; i++)
        thread_join(workers[i], NULL);
    return demo_ms(start, thread_now());
}

/* The medians over all rounds so far. */
struct rounds {
    int count;
    double one[MOST_ROUNDS];      /* ms with one thread */
    double all[MOST_ROUNDS];      /* ms with all of them */
    double speed_up[MOST_ROUNDS]; /* of the two in the same round */
    double waited[MOST_ROUNDS];   /* share of the time spent ready, not running */
};

/* One after the other in one round, so that a slow spell of the machine hits
 * both alike. */
static void
do_rounds(struct demo_run *d, struct work *w, int threads, struct rounds *r)
{
    for (int last = r->count + ROUNDS; r->count < last; r->count++) {
        double one = work_with(d, w, 1);
        uint64_t sum = w->sum;
        double all = work_with(d, w, threads);
        if (w->sum != sum)
            demo_fail("the sum depends on who computes it: %llx, %llx",
                      (unsigned long long)sum, (unsigned long long)w->sum);
        r->one[r->count] = one;
        r->all[r->count] = all;
        r->speed_up[r->count] = one / all;
        r->waited[r->count] = (double)w->waited / 1e6 / (all * threads);
    }
}
