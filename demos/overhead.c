/* SPDX-License-Identifier: MIT */
/*
 * overhead.c - a thread for everything: from what size on is it worth it?
 *
 * The same work is cut into smaller and smaller pieces, and each piece is given
 * a thread of its own, which is made, runs and is joined. Beside it the same
 * pieces are done by plain calls. Where the pieces are small the making of
 * threads is all that is done, and threads make the program slower; how small,
 * is the price of a thread in this model.
 */
#include "demo.h"
#include "machine.h"

#include <math.h>
#include <stdio.h>

enum { GRAINS = 9, TIMES = 2, MOST_TIMES = 8 };
enum { LEAST_STEPS = 16, STEPS = 1 << 21, MOST_PIECES = 100 };

#define SLOWER  1.5 /* times as long as by calls, at least: with small pieces */
#define LEVEL   1.25 /* at most: with large ones, and where it breaks even */

#define CROWDED 0.10 /* of the time ready, and no CPU free */

static struct piece {
    int steps;
    volatile uint64_t result;
} piece;

static void *
work(void *arg)
{
    struct piece *p = arg;
    uint64_t x = 1;
    for (int i = 0; i < p->steps; i++)
        x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9 + 1;
    p->result = x;
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

/* How many times as long threads take with pieces of so many steps, both at
 * their best. How long a piece takes by a call goes to *ns. */
static double
ratio_with(struct demo_run *d, int steps, double *ns)
{
    double threads = INFINITY;
    int pieces = (int)(STEPS * d->scale) / steps;
    pieces = pieces < 2 ? 2 : pieces > MOST_PIECES ? MOST_PIECES : pieces;
    piece.steps = steps;
    *ns = INFINITY;
    for (int i = 0; i < TIMES || (threads > LEVEL * *ns && i < MOST_TIMES);
         i++) {
        *ns = fmin(*ns, by_calls(pieces));
        threads = fmin(threads, by_threads(d, pieces));
    }
    return threads / *ns;
}

/* Do others have the CPUs? Then we are ready and wait, whoever we are. */
static double
crowded(void)
{
    uint64_t start = thread_now(), waited = machine_waited_for_cpu();
    by_calls(10);
    waited = machine_waited_for_cpu() - waited;
    return (double)waited / (double)(thread_now() - start);
}

static void
run(struct demo_run *d)
{
    double ns[GRAINS], ratio[GRAINS];
    demo_predict(d,
                 "with the smallest pieces threads take at least %.1f times "
                 "as long as calls, with the largest at most %.2f",
                 SLOWER, LEVEL);
    for (int g = 0; g < GRAINS; g++)
        ratio[g] = ratio_with(d, LEAST_STEPS << 2 * g, &ns[g]);

    int even = GRAINS - 1; /* from here on up it pays */
    while (even > 0 && ratio[even - 1] <= LEVEL)
        even--;
    demo_measure(d, "worth_it_from", ns[even], "ns");
    for (int g = 0; g < GRAINS; g++) {
        char name[48];
        snprintf(name, sizeof name, "with_%d_steps", LEAST_STEPS << 2 * g);
        demo_measure(d, name, ratio[g], "times");
    }
    demo_found(d,
               "pieces of %.3g ns took threads %.3g times as long as calls, "
               "those of %.3g ms %.2f times; it breaks even at about %.3g us",
               ns[0], ratio[0], ns[GRAINS - 1] / 1e6, ratio[GRAINS - 1],
               ns[even] / 1e3);
    bool held = ratio[0] >= SLOWER && ratio[GRAINS - 1] <= LEVEL;
    double share = held ? 0 : crowded();
    if (share > CROWDED)
        demo_skip(d,
                  "others had the CPUs: it was ready, and waited for one, in "
                  "%.0f %% of its time.",
                  100 * share);
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
