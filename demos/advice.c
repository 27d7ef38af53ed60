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
#include "demo.h"
#include "io.h"
#include "machine.h"
#include "other.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, JOBS = 3, TRIES = 4 };

#define JOB_NS  4000000u
#define NO_GAIN 1.3  /* less than this is none */
#define HALF    1.4  /* at least, if the waiting is overlapped */
#define WAITING 2.2  /* at least, if all of it is */
#define ENOUGH  0.65 /* of the CPUs */
#define CROWDED 0.15 /* of the time ready, and no CPU free: others have them */

/* ---- The other process: one for each thread ---- */

static struct line {
    int ask[2], answer[2];
} lines[THREADS];

static void
answer_late(void *arg)
{
    struct line *line = arg;
    uint64_t delay;
    for (int i = 0; i < THREADS; i++) {
        close(lines[i].ask[1]);
        close(lines[i].answer[0]);
    }
    while (read(line->ask[0], &delay, sizeof delay) == sizeof delay) {
        other_sleep(delay);
        if (write(line->answer[1], "!", 1) != 1)
            break;
    }
}

/* ---- The jobs ---- */

static struct jobs {
    double waits;             /* of a job: from 0, none of it, to 1, all */
    double per_ns;            /* steps of computing */
    int each;                 /* jobs of a thread */
    _Atomic uint64_t crowded; /* ns ready without a CPU, all threads together */
} * jobs;

static volatile uint64_t sink;

static void
compute(double ns)
{
    uint64_t x = 1;
    for (int i = 0, steps = (int)(ns * jobs->per_ns); i < steps; i++)
        x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9 + 1;
    sink = x;
}

static void
do_job(struct line *line)
{
    uint64_t delay = (uint64_t)(jobs->waits * JOB_NS);
    char byte;
    compute(JOB_NS * (1 - jobs->waits));
    if (delay && (write(line->ask[1], &delay, sizeof delay) < 0 ||
                  thread_read(line->answer[0], &byte, 1) != 1))
        demo_fail("the other process: %s", strerror(errno));
}

static void *
worker(void *line)
{
    uint64_t crowded = machine_waited_for_cpu();
    for (int i = 0; i < jobs->each; i++)
        do_job(line);
    jobs->crowded += machine_waited_for_cpu() - crowded;
    return NULL;
}

/* So many threads share all jobs. Returns the time in ms. */
static double
time_with(struct demo_run *d, int threads)
{
    thread_t thread[THREADS];
    uint64_t start = thread_now();
    jobs->each = JOBS * THREADS / threads;
    for (int i = 0; i < threads; i++)
        thread[i] = demo_thread(d, "worker", worker, &lines[i]);
    for (int i = 0; i < threads; i++)
        demo_join(thread[i]);
    return demo_ms(start, thread_now());
}

/* How many steps a nanosecond has, at the best of several tries. */
static double
calibrate(void)
{
    double best = 0;
    jobs->per_ns = 1;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = thread_now();
        compute(200000);
        best = fmax(best, 200000 / (double)(thread_now() - start));
    }
    return best;
}

/* ---- The verdict ---- */

struct mixture {
    const char *name;
    int threads;
    double waits;
    double least, most; /* predicted */
    double speed_up;
    double crowded; /* of the time: ready, and others had the CPUs */
};

static bool
holds(const struct mixture *m)
{
    return m->speed_up >= m->least && m->speed_up < m->most;
}

/* Once more while noise may have spoilt it. */
static void
try_mixture(struct demo_run *d, struct mixture *m)
{
    jobs->waits = m->waits;
    for (int i = 0; i < TRIES && !holds(m); i++) {
        double one = time_with(d, 1);
        jobs->crowded = 0;
        double all = time_with(d, m->threads);
        m->speed_up = one / all;
        m->crowded = (double)jobs->crowded / 1e6 / (all * m->threads);
    }
    demo_measure(d, m->name, m->speed_up, "times");
}

static void
run(struct demo_run *d)
{
    for (int i = 0; i < THREADS; i++)
        if (pipe(lines[i].ask) != 0 || pipe(lines[i].answer) != 0)
            demo_fail("pipe: %s", strerror(errno));
    for (int i = 0; i < THREADS; i++)
        other_start(answer_late, &lines[i]);
    const struct thread_model *model = thread_model();
    double cpus = fmin(machine_cpus(), THREADS), many = THREADS + 1;
    if (model->parallel && cpus < 2)
        demo_skip(d, "%.3g CPU cannot run two threads at the same instant.",
                  cpus);
    bool overlaps = !model->io_call_stalls;
    struct mixture mixtures[] = {
        {"computing", model->parallel ? (int)ceil(cpus) : THREADS, 0,
         model->parallel ? ENOUGH * cpus : 0, model->parallel ? many : NO_GAIN,
         -1, 0},
        {"half_and_half", THREADS, 0.5, overlaps ? HALF : 0,
         overlaps ? many : NO_GAIN, -1, 0},
        {"waiting", THREADS, 1, overlaps ? WAITING : 0,
         overlaps ? many : NO_GAIN, -1, 0},
    };
    demo_predict(d, "several threads gain %s by computing, and %s by waiting",
                 model->parallel ? "much" : "nothing",
                 overlaps ? "much" : "nothing");
    jobs = demo_shared(d, sizeof *jobs);
    jobs->per_ns = calibrate();
    bool held = true;
    double crowded = 0; /* where it did not hold */
    for (int i = 0; i < 3; i++) {
        try_mixture(d, &mixtures[i]);
        if (holds(&mixtures[i]))
            continue;
        held = false;
        crowded = fmax(crowded, mixtures[i].crowded);
    }
    demo_found(d,
               "several threads were %.2f times as fast as one by computing, "
               "%.2f times half by half, and %.2f times by waiting",
               mixtures[0].speed_up, mixtures[1].speed_up,
               mixtures[2].speed_up);
    if (crowded > CROWDED)
        demo_skip(d,
                  "others had the CPUs: the threads were ready, and waited for "
                  "one, in %.0f %% of their time.",
                  100 * crowded);
    demo_judge(d, held, "%s",
               model->parallel ? "they run in parallel, and wait in parallel"
               : overlaps      ? "they share one CPU, and wait in parallel"
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
