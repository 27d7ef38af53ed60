/* SPDX-License-Identifier: MIT */
/*
 * fairness.c - four threads compute for a while: who gets how much of it?
 *
 * They do the same work and offer checkpoints as they go, but none ever gives
 * the CPU up. A thread notes how long its longest pause was, in which others
 * ran or nobody did. Whoever switches them decides on their shares, and only
 * one thing can be predicted: whether all of them get a share before somebody
 * has had it all. How even the shares are, the numbers tell; they are hardly
 * ever a quarter each.
 *
 * Time is counted from the moment when all are there. If somebody should get a
 * share and has not yet, more time is given: a busy machine is slow, not
 * unfair.
 */
#include "demo.h"
#include "sync.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { THREADS = 4, WHILE_MS = 150, MOST_MS = 6000 };

static struct shared {
    struct barrier start;
    _Atomic uint64_t from, until, at_most;
    atomic_int served; /* threads that have done a piece */
    int should;        /* so many will be */
    struct share {
        uint64_t pieces, longest_pause, switches;
    } share[THREADS];
} * s;

/* A few microseconds of work. */
static void
piece(void)
{
    for (volatile int i = 0; i < 2000; i++)
        continue;
}

static bool
goes_on(uint64_t now)
{
    return now < s->until || (s->served < s->should && now < s->at_most);
}

/* It runs: since when had it not? Returns the time. */
static uint64_t
turn_begins(struct share *mine, uint64_t *last)
{
    uint64_t now = thread_now();
    if (now > *last && now - *last > mine->longest_pause)
        mine->longest_pause = now - *last;
    *last = now;
    return now;
}

static void *
compute(void *number)
{
    struct share *mine = &s->share[(uintptr_t)number];
    struct thread_info info;
    barrier_wait(&s->start);
    uint64_t last = s->from;
    while (goes_on(turn_begins(mine, &last))) {
        piece();
        if (mine->pieces++ == 0)
            s->served++;
        thread_checkpoint();
    }
    if (thread_info(thread_self(), &info) == 0)
        mine->switches = info.switches;
    return NULL;
}

static void
compute_together(struct demo_run *d, bool all_should)
{
    thread_t threads[THREADS];
    s->should = all_should ? THREADS : 1;
    barrier_init(&s->start, THREADS + 1);
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "computes", compute, (void *)i);
    uint64_t now = thread_now();
    s->from = now;
    s->until = now + (uint64_t)(WHILE_MS * 1e6 * fmin(d->scale, 10));
    s->at_most = now + MOST_MS * 1000000ull;
    barrier_wait(&s->start);
    for (int i = 0; i < THREADS; i++)
        demo_join(threads[i]);
}

static void
run(struct demo_run *d)
{
    const struct thread_model *m = thread_model();
    bool all_should = m->checkpoint_switches && strcmp(m->policy, "fifo") != 0;
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 all_should ? "all %d threads get a share of the CPU"
                            : "one of %d threads gets all of the CPU",
                 THREADS);
    compute_together(d, all_should);
    double sum = 0, least = INFINITY, most = 0, pause = 0, switches = 0;
    for (int i = 0; i < THREADS; i++) {
        const struct share *t = &s->share[i];
        sum += (double)t->pieces;
        least = fmin(least, (double)t->pieces);
        most = fmax(most, (double)t->pieces);
        pause = fmax(pause, (double)t->longest_pause / 1e6);
        switches += (double)t->switches;
    }
    demo_measure(d, "largest_share", 100 * most / sum, "%");
    demo_measure(d, "smallest_share", 100 * least / sum, "%");
    demo_measure(d, "longest_wait", pause, "ms");
    demo_measure(d, "switches", switches, "switches");
    demo_measure(d, "served", s->served, "threads");
    demo_found(d,
               "%d of %d threads had a share, the largest %.0f %% and the "
               "smallest %.0f %%; the longest wait was %.1f ms",
               s->served, THREADS, 100 * most / sum, 100 * least / sum, pause);
    demo_judge(d, s->served == s->should, "%s",
               m->preemptive
                   ? "a timer takes the CPU away, and the policy says "
                     "who is next"
               : all_should ? "who waits for the lock asks for it after an "
                              "interval"
                            : "nobody takes the CPU from a thread that does "
                              "not give it up");
}

static const struct demo demo = {
    .name = "fairness",
    .claim = "Threads that only compute share the CPU as whoever switches them "
             "sees fit, and not at all if nobody does.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
