/* SPDX-License-Identifier: MIT */
/*
 * nondeterminism.c - the same program, many times: how many different orders?
 *
 * Three threads take five turns each and write down who had each turn. What
 * they write is decided by whoever switches them. The kernel switches for
 * reasons that no program can see, so nobody can run it "once more". A
 * scheduler that is part of the program, cooperative and with a seed for what
 * it leaves to chance, does the same again for the same seed; that is what
 * makes a failure in ten thousand runs worth having (threadbare explore).
 *
 * Each run is a process of its own, forked before the first call of the
 * contract, so that each begins with the scheduler as it is at the start.
 */
#include "demo.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, TURNS = 5, RUNS = 60, MOST_RUNS = 1000 };

/* What one run writes, and where its parent finds it. */
struct story {
    char order[THREADS * TURNS + 1];
    bool kernel_switches, preemptive;
};

static struct story *story; /* shared with the parent of the run */

static struct shared {
    atomic_int turn;
    char order[THREADS * TURNS];
} * s;

static void *
take_turns(void *name)
{
    for (int i = 0; i < TURNS; i++) {
        s->order[s->turn++] = (char)(uintptr_t)name;
        thread_yield();
    }
    return NULL;
}

/* In the child: run the program, and leave its story. */
static void
tell(struct demo_run *d)
{
    thread_t threads[THREADS];
    s = demo_shared(d, sizeof *s);
    for (int i = 0; i < THREADS; i++)
        threads[i] =
            demo_thread(d, "taker", take_turns, (void *)(uintptr_t)('a' + i));
    for (int i = 0; i < THREADS; i++)
        demo_join(threads[i]);
    memcpy(story->order, s->order, sizeof s->order);
    story->kernel_switches = demo_kernel_switches();
    story->preemptive = thread_model()->preemptive;
}

static void
one_run(struct demo_run *d, uint64_t seed)
{
    char number[24];
    int status;
    snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
    pid_t child = fork();
    if (child < 0)
        demo_fail("fork: %s", strerror(errno));
    if (child == 0) {
        setenv("UTHREADS_POLICY", "random", 1);
        setenv("UTHREADS_SEED", number, 1);
        unsetenv("THREADS_TRACE"); /* the file is the parent's */
        tell(d);
        _exit(0);
    }
    if (waitpid(child, &status, 0) != child || status != 0)
        demo_fail("a run ended with status %d", status);
}

/* The different orders that were seen. */
struct orders {
    int count;
    char seen[MOST_RUNS][THREADS * TURNS + 1];
};

static void
note(struct orders *o, const char *order)
{
    for (int i = 0; i < o->count; i++)
        if (strcmp(o->seen[i], order) == 0)
            return;
    strcpy(o->seen[o->count++], order);
}

/* Run it so often, each time with the next seed or always with the first. More
 * often, if at least two orders are expected and there was one. */
static void
run_often(struct demo_run *d, struct orders *o, int runs, bool next_seed)
{
    for (int i = 0; i < runs; i++) {
        one_run(d, d->seed + (next_seed ? (uint64_t)i : 0));
        note(o, story->order);
        bool wanting = story->kernel_switches && o->count < 2;
        if (i == runs - 1 && wanting && runs < MOST_RUNS)
            runs = MOST_RUNS;
    }
}

static void
run(struct demo_run *d)
{
    static struct orders same, others;
    int runs = (int)(RUNS * d->scale);
    runs = runs < 10 ? 10 : runs > MOST_RUNS ? MOST_RUNS : runs;
    story = mmap(NULL, sizeof *story, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (story == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    one_run(d, d->seed); /* whose threads are these? */
    bool by_kernel = story->kernel_switches, preemptive = story->preemptive;
    demo_predict(d, by_kernel ? "many runs, more than one order; there is no "
                                "seed to repeat one with"
                              : "the same seed, the same order; other seeds, "
                                "other orders");
    run_often(d, &same, runs, false);
    run_often(d, &others, runs, true);
    demo_show(d, "%s  this time", same.seen[0]);
    for (int i = 1; i < 4 && i < others.count; i++)
        demo_show(d, "%s  another order", others.seen[i]);
    demo_measure(d, "orders_with_one_seed", same.count, "orders");
    demo_measure(d, "runs", 2 * runs, "runs");
    demo_measure(d, "orders_with_many_seeds", others.count, "orders");
    demo_found(d,
               "%d runs with one seed took %d orders, and %d with a seed each "
               "took %d",
               runs, same.count, runs, others.count);
    if (by_kernel && same.count + others.count == 2)
        demo_skip(d, "this machine ran them in one order every time, and that "
                     "proves nothing.");
    if (preemptive && !by_kernel)
        demo_skip(d, "a timer has a say in it too, and has no seed.");
    bool repeats = same.count == 1 && others.count > 1;
    demo_judge(d, by_kernel ? same.count + others.count > 2 : repeats, "%s",
               by_kernel
                   ? "the kernel decides by what else goes on in the "
                     "machine"
                   : "the scheduler is part of the program, and chance is "
                     "a number that it was given");
}

static const struct demo demo = {
    .name = "nondeterminism",
    .claim = "Whoever leaves the order of threads to the kernel gets many "
             "orders; a scheduler with a seed repeats one exactly.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
