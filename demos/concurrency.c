/* SPDX-License-Identifier: MIT */
/*
 * concurrency.c - in progress at the same time, and running at the same time.
 *
 * Four threads work in turns. Each writes down when it ran: it looks at the
 * clock all the while, and where two looks are far apart it was not on a CPU.
 * From these notes two numbers follow, and a picture.
 *
 *   concurrency  threads that had begun and were not done, at one instant
 *   parallelism  threads that were on a CPU, at one instant
 *
 * The first is four wherever there are threads at all. The second is a matter
 * of the model and of the machine.
 */
#include "demo.h"
#include "instants.h"
#include "machine.h"

#include <stdatomic.h>
#include <string.h>

enum { THREADS = 4, TURNS = 60, MOST_STRETCHES = 4000 };
enum { TURN_NS = 100000, GAP_NS = 30000, CELLS = 58, PATIENCE_MS = 2000 };

#define PARALLEL 0.01 /* of the time in which anybody ran, or it is chance */

struct stretch {
    uint64_t from, to;
};

static struct shared {
    atomic_int begun;
    struct notes {
        int count;
        struct stretch ran[MOST_STRETCHES];
    } notes[THREADS];
} * s;

/* It is running now: the stretch goes on, or after a gap another begins. */
static uint64_t
note(struct notes *n)
{
    uint64_t now = thread_now();
    struct stretch *last = &n->ran[n->count - 1];
    if (n->count > 0 && now - last->to < GAP_NS)
        last->to = now;
    else if (n->count < MOST_STRETCHES)
        n->ran[n->count++] = (struct stretch){now, now};
    return now;
}

/* So many turns, counted from when all have begun: who began first waits for
 * the others, however late they come. */
static void *
work(void *number)
{
    struct notes *n = &s->notes[(uintptr_t)number];
    n->count = 0;
    s->begun++;
    for (int turn = 0; turn < TURNS; turn += s->begun == THREADS) {
        uint64_t end = note(n) + TURN_NS;
        while (note(n) < end)
            continue;
        thread_yield();
    }
    return NULL;
}

static int
parallelism(void)
{
    static struct moment moments[2 * THREADS * MOST_STRETCHES];
    size_t count = 0;
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < s->notes[t].count; i++) {
            moments[count++] = (struct moment){s->notes[t].ran[i].from, 1};
            moments[count++] = (struct moment){s->notes[t].ran[i].to, -1};
        }
    return instants_most(moments, count, PARALLEL);
}

static int
concurrency(void)
{
    struct moment moments[2 * THREADS];
    for (int t = 0; t < THREADS; t++) {
        const struct notes *n = &s->notes[t];
        moments[2 * t] = (struct moment){n->ran[0].from, 1};
        moments[2 * t + 1] = (struct moment){n->ran[n->count - 1].to, -1};
    }
    return instants_most(moments, 2 * THREADS, 0);
}

/* A lane for each, from when the last one has begun: a mark where it ran. */
static void
draw(struct demo_run *d)
{
    uint64_t start = 0;
    for (int t = 0; t < THREADS; t++)
        if (s->notes[t].ran[0].from > start)
            start = s->notes[t].ran[0].from;
    for (int t = 0; t < THREADS; t++) {
        char lane[CELLS + 1];
        memset(lane, '.', CELLS);
        lane[CELLS] = '\0';
        for (int i = 0; i < s->notes[t].count; i++)
            for (uint64_t at = s->notes[t].ran[i].from;
                 at <= s->notes[t].ran[i].to; at += TURN_NS / 4) {
                if (at >= start && (at - start) / (TURN_NS / 2) < CELLS)
                    lane[(at - start) / (TURN_NS / 2)] = '#';
            }
        demo_show(d, "thread %d %s", t + 1, lane);
    }
}

static void
one_round(struct demo_run *d)
{
    thread_t threads[THREADS];
    s->begun = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "works", work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        demo_join(threads[i]);
}

/* Once more, while two that could run at one instant have not: the CPUs may
 * have been others'. */
static void
work_together(struct demo_run *d, bool parallel, int *running, int *in_progress)
{
    uint64_t give_up = thread_now() + PATIENCE_MS * 1000000ull;
    do {
        one_round(d);
        *running = parallelism();
        *in_progress = concurrency();
    } while (parallel && *running < 2 && thread_now() < give_up);
}

static void
run(struct demo_run *d)
{
    double cpus = machine_cpus();
    bool parallel = thread_model()->parallel;
    if (parallel && cpus < 2)
        demo_skip(d, "%.3g CPU cannot run two threads at the same instant.",
                  cpus);
    demo_predict(d, "%d threads are in progress at once, and %s at one instant",
                 THREADS, parallel ? "two or more run" : "one runs");
    int running, in_progress;
    s = demo_shared(d, sizeof *s);
    work_together(d, parallel, &running, &in_progress);
    draw(d);
    demo_measure(d, "parallelism", running, "threads");
    demo_measure(d, "concurrency", in_progress, "threads");
    demo_measure(d, "cpus", cpus, "CPUs");
    demo_found(d,
               "%d threads were in progress at once, and at most %d of them "
               "ran at one instant",
               in_progress, running);
    if (parallel && running < 2 && in_progress == THREADS)
        demo_skip(d, "others had the CPUs: no two of the threads ever ran at "
                     "the same instant.");
    demo_judge(d, in_progress == THREADS && (running > 1) == parallel, "%s",
               parallel ? "there are several CPUs, and the kernel uses them"
                        : "they took turns, so quickly that it looks like the "
                          "same time");
}

static const struct demo demo = {
    .name = "concurrency",
    .claim = "Threads can all be in progress at once while only one of them "
             "runs at any instant: concurrency is not parallelism.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
