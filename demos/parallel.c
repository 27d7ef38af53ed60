/* SPDX-License-Identifier: MIT */
/*
 * parallel.c - is the same work done sooner by several threads?
 *
 * Threads that only compute never wait, so there is nothing to overlap: they
 * are faster together only if they really run at the same instant, on several
 * CPUs. User-level threads that share one kernel thread take turns on one, and
 * so do kernel threads under a global lock.
 *
 * The work is cut into pieces, and a thread that has done one takes the next,
 * so nobody idles while another, slowed down by a stranger on its CPU, still
 * has a heap to do. The sum over all pieces must be the same however many
 * threads have shared them.
 */
#include "compute.h"
#include "crowd.h"
#include "demo.h"
#include "machine.h"

#include <math.h>
#include <stdatomic.h>

enum { PIECES = 120, STEPS = 200000, MOST_THREADS = 8 };
enum { ROUNDS = 5, MOST_ROUNDS = 4 * ROUNDS };

#define ENOUGH 0.65 /* of the CPUs, for a speed-up */
#define NONE   1.25 /* less than this is no speed-up, but noise */

struct work {
    uint64_t seed;
    int steps;
    atomic_int next;         /* the first piece that nobody has taken */
    _Atomic uint64_t sum;    /* over the pieces that are done */
    _Atomic uint64_t waited; /* for a CPU, all threads together, in ns */
};

static void *
worker(void *arg)
{
    struct work *w = arg;
    uint64_t waited = crowd_waited();
    for (int piece; (piece = w->next++) < PIECES;) {
        w->sum += compute(w->seed + (uint64_t)piece, w->steps);
        thread_checkpoint();
    }
    w->waited += crowd_waited() - waited;
    return NULL;
}

/* Share all of the work among so many threads. Returns its time in ms. */
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
        demo_join(workers[i]);
    return demo_ms(start, thread_now());
}

/* What the rounds have shown so far. */
struct rounds {
    int count;
    double one, all; /* ms with one thread, with all of them: sums */
    double waited;   /* the share of that time in which they had no CPU */
    double speed_up[MOST_ROUNDS];
};

/* With one thread and with all of them, close together, so that a slow spell
 * of the machine hits both alike. */
static void
one_round(struct demo_run *d, struct work *w, int threads, struct rounds *r)
{
    double one = work_with(d, w, 1);
    uint64_t sum = w->sum;
    double all = work_with(d, w, threads);
    if (w->sum != sum)
        demo_fail("the sum is another if %d threads share the work", threads);
    r->one += one;
    r->all += all;
    r->waited += (double)w->waited / 1e6 / (all * threads);
    r->speed_up[r->count++] = one / all;
}

static void
report(struct demo_run *d, struct rounds *r, int threads, double cpus)
{
    double speed_up = demo_median(r->speed_up, r->count);
    demo_measure(d, "speed_up", speed_up, "times");
    demo_measure(d, "one_thread", r->one / r->count, "ms");
    demo_measure(d, "all_threads", r->all / r->count, "ms");
    demo_measure(d, "threads", threads, "threads");
    demo_measure(d, "cpus", cpus, "CPUs");
    demo_measure(d, "waited_for_a_cpu", 100 * r->waited / r->count, "%");
    demo_found(d, "%d threads were %.2f times as fast as one", threads,
               speed_up);
}

static void
run(struct demo_run *d)
{
    bool parallel = thread_model()->parallel;
    double cpus = machine_cpus();
    if (parallel && cpus < 2)
        demo_skip(d, "%.3g CPU cannot run two threads at the same instant.",
                  cpus);
    int threads = (int)fmin(fmax(2, ceil(cpus)), MOST_THREADS);
    double bound = parallel ? ENOUGH * fmin(threads, cpus) : NONE;
    demo_predict(d, "%d threads are %s %.2f times as fast as one", threads,
                 parallel ? "at least" : "less than", bound);

    struct work *w = demo_shared(d, sizeof *w);
    struct rounds r = {0};
    w->seed = d->seed;
    w->steps = (int)(STEPS * d->scale);
    bool held;
    do { /* more rounds while noise may have spoilt them */
        for (int i = 0; i < ROUNDS; i++)
            one_round(d, w, threads, &r);
        held = (demo_median(r.speed_up, r.count) >= bound) == parallel;
    } while (!held && r.count < MOST_ROUNDS);

    report(d, &r, threads, cpus);
    if (!held && parallel)
        crowd_skip(d, r.waited / r.count);
    demo_judge(d, held,
               parallel ? "the kernel ran them at the same instant"
                        : "only one of them could run at a time");
}

static const struct demo demo = {
    .name = "parallel",
    .claim = "Threads that only compute are faster together only if they can "
             "run at the same instant.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
