/* SPDX-License-Identifier: MIT */
/*
 * advice.c - does the program compute, or does it wait?
 *
 * The rule of thumb: for what computes take something that runs in parallel,
 * for what waits anything that lets others run meanwhile. Here the same jobs
 * are done by one thread and by four, in three mixtures: all computing, half
 * and half, all waiting (for an answer from another process). What each model
 * makes of them is its answer to the rule.
 */
#include "crowd.h"
#include "demo.h"
#include "jobs.h"
#include "machine.h"

#include <math.h>

enum { THREADS = JOBS_THREADS, LEAST_TRIES = 3, TRIES = 25, MIXTURES = 3 };

#define NO_GAIN 1.3  /* less than this is none */
#define HALF    1.4  /* at least, if the waiting is overlapped */
#define WAITING 2.2  /* at least, if all of it is */
#define ENOUGH  0.65 /* of the CPUs */

/* ---- Mixtures ---- */

struct mixture {
    const char *name;
    int threads;
    double waits;
    double least, most; /* predicted: so many times as fast as one thread */
    double one, all;    /* ms at best, with one thread and with all */
    double crowded;     /* of the time: ready, and others had the CPUs */
};

static double
speed_up(const struct mixture *m)
{
    return m->one / m->all;
}

static bool
holds(const struct mixture *m)
{
    return speed_up(m) >= m->least && speed_up(m) < m->most;
}

/* Best time against best time, once more while noise may have spoilt it. Where
 * nothing is to be gained one thread is given the time that the jobs are meant
 * to take: nobody beats that by being several, but on a busy machine several
 * threads get more of the CPUs than one. */
static void
try_mixture(struct demo_run *d, struct mixture *m)
{
    m->one = m->most < INFINITY ? JOBS_SUM : INFINITY;
    m->all = INFINITY;
    int tries = 0;
    do {
        struct jobs_time one = jobs_do(d, 1, m->waits);
        struct jobs_time all = jobs_do(d, m->threads, m->waits);
        m->one = fmin(m->one, one.all);
        m->all = fmin(m->all, all.all);
        m->crowded = all.crowded;
    } while (++tries < LEAST_TRIES || (!holds(m) && tries < TRIES));
    demo_measure(d, m->name, speed_up(m), "times");
}

/* Try them all. Did each hold? If not, how crowded was it? */
static bool
try_mixtures(struct demo_run *d, struct mixture *mixtures, double *crowded)
{
    bool held = true;
    *crowded = 0;
    for (struct mixture *m = mixtures; m < mixtures + MIXTURES; m++) {
        try_mixture(d, m);
        if (!holds(m))
            *crowded = fmax(*crowded, m->crowded);
        held = held && holds(m);
    }
    return held;
}

/* ---- The verdict ---- */

static void
run(struct demo_run *d)
{
    jobs_open();
    bool overlaps = !thread_model()->io_call_stalls;
    bool parallel = thread_model()->parallel;
    double cpus = fmin(machine_cpus(), THREADS), crowded;
    if (parallel && cpus < 2)
        demo_skip(d, "%.3g CPU cannot run two threads at the same instant.",
                  cpus);
    double waiting = overlaps ? INFINITY : NO_GAIN;
    struct mixture mixtures[MIXTURES] = {
        {.name = "computing",
         .threads = parallel ? (int)ceil(cpus) : THREADS,
         .least = parallel ? ENOUGH * cpus : 0,
         .most = parallel ? INFINITY : NO_GAIN},
        {.name = "half_and_half",
         .threads = THREADS,
         .waits = 0.5,
         .least = overlaps ? HALF : 0,
         .most = waiting},
        {.name = "waiting",
         .threads = THREADS,
         .waits = 1,
         .least = overlaps ? WAITING : 0,
         .most = waiting},
    };
    demo_predict(d, "several threads gain %s by computing, and %s by waiting",
                 parallel ? "much" : "nothing", overlaps ? "much" : "nothing");
    bool held = try_mixtures(d, mixtures, &crowded);
    demo_found(d,
               "several threads were %.2f times as fast as one by computing, "
               "%.2f times half by half, and %.2f times by waiting",
               speed_up(&mixtures[0]), speed_up(&mixtures[1]),
               speed_up(&mixtures[2]));
    if (!held) {
        crowd_skip(d, crowded);
        crowd_skip_now(d); /* or one of them had no CPU, and all its lock */
    }
    demo_judge(d, held, "%s",
               parallel   ? "they run in parallel, and wait in parallel"
               : overlaps ? "they share one CPU, and wait in parallel"
                          : "they share one CPU, and one wait at a time");
}

static const struct demo demo = {
    .name = "advice",
    .claim = "What computes gains by running in parallel, what waits gains by "
             "anything that lets others run meanwhile.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
