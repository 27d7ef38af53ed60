/* SPDX-License-Identifier: MIT */
/*
 * overhead.c - a thread for everything: from what size on is it worth it?
 *
 * The same work is cut into smaller and smaller pieces, and each piece is given
 * a thread of its own, which is made, runs and is joined. Beside it the same
 * pieces are done by plain calls. Where the pieces are small the making of
 * threads is all that is done, and threads make the program slower; how small,
 * is the price of a thread in this model.
 *
 * Each time is the shortest of several, calls and threads by turns. The pieces
 * grow until threads are as good as calls: with large enough ones they are, in
 * every model, and how large is what is asked.
 */
#include "compute.h"
#include "crowd.h"
#include "demo.h"

#include <math.h>
#include <stdio.h>

enum { GRAINS = 9, MOST_GRAINS = 11, ROUNDS = 5, MOST_ROUNDS = 20 };
enum { LEAST_STEPS = 16, BATCH_STEPS = 1 << 16, MOST_IN_BATCH = 20 };

#define SLOWER 1.5  /* times as long as by calls, at least: with small pieces */
#define LEVEL  1.25 /* at most: with large ones, and where it breaks even */

static struct piece {
    int steps;
    volatile uint64_t result;
} piece;

/* How long a piece of this size takes at best, in ns. */
struct grain {
    int steps;
    double call, thread;
};

static void *
work(void *arg)
{
    struct piece *p = arg;
    p->result = compute(1, p->steps);
    return NULL;
}

static double
by_calls(int pieces)
{
    uint64_t start = thread_now();
    for (int i = 0; i < pieces; i++)
        work(&piece);
    return (double)(thread_now() - start) / pieces;
}

static double
by_threads(struct demo_run *d, int pieces)
{
    uint64_t start = thread_now();
    for (int i = 0; i < pieces; i++)
        demo_join(demo_thread(d, "piece", work, &piece));
    return (double)(thread_now() - start) / pieces;
}

static double
ratio(const struct grain *g)
{
    return g->thread / g->call;
}

/* Some rounds, and more of them if it is to break even and has not yet. */
static struct grain
try_grain(struct demo_run *d, int steps, bool large)
{
    struct grain g = {steps, INFINITY, INFINITY};
    int batch = (int)fmin(fmax(BATCH_STEPS / steps, 1), MOST_IN_BATCH);
    piece.steps = steps;
    for (int i = 0;
         i < ROUNDS || (large && ratio(&g) > LEVEL && i < MOST_ROUNDS); i++) {
        g.call = fmin(g.call, by_calls(batch));
        g.thread = fmin(g.thread, by_threads(d, batch));
    }
    return g;
}

/* All sizes, and larger ones until it breaks even. Returns how many. */
static int
try_grains(struct demo_run *d, struct grain *grains)
{
    int count = 0;
    while (count < GRAINS ||
           (count < MOST_GRAINS && ratio(&grains[count - 1]) > LEVEL)) {
        grains[count] =
            try_grain(d, LEAST_STEPS << 2 * count, count >= GRAINS - 1);
        count++;
    }
    return count;
}

static void
run(struct demo_run *d)
{
    struct grain grains[MOST_GRAINS];
    demo_predict(d,
                 "with the smallest pieces threads take at least %.1f times "
                 "as long as calls, with the largest at most %.2f",
                 SLOWER, LEVEL);
    int count = try_grains(d, grains);
    const struct grain *small = &grains[0], *large = &grains[count - 1];
    const struct grain *even = large; /* from here on up it pays */
    while (even > grains && ratio(even - 1) <= LEVEL)
        even--;
    demo_measure(d, "worth_it_from", even->call, "ns");
    for (int i = 0; i < count; i++) {
        char name[48];
        snprintf(name, sizeof name, "with_%d_steps", grains[i].steps);
        demo_measure(d, name, ratio(&grains[i]), "times");
    }
    demo_found(d,
               "pieces of %.3g ns took threads %.0f times as long as calls, "
               "those of %.3g ms %.2f times; it breaks even at about %.5g us",
               small->call, ratio(small), large->call / 1e6, ratio(large),
               even->call / 1e3);
    bool held = ratio(small) >= SLOWER && ratio(large) <= LEVEL;
    if (!held)
        crowd_skip_now(d);
    demo_judge(d, held, "a thread costs the same however little it has to do");
}

static const struct demo demo = {
    .name = "overhead",
    .claim = "Threads with too little to do make a program slower.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
