/* SPDX-License-Identifier: MIT */
/*
 * locals.c - is a local variable safe from other threads?
 *
 * Threads that run the same function each have a frame of it on their own
 * stack, so each has its own copy of the function's variables: nobody needs a
 * lock for them. But a stack is memory like any other. Whoever is given the
 * address of a local variable can change it, if the threads share memory at
 * all; and then it needs a lock like any other.
 */
#include "demo.h"

#include <stdatomic.h>

enum { THREADS = 4, STEPS = 500 };

static struct shared {
    int total[THREADS];    /* what each counted to, in a local */
    atomic_bool changed;   /* a stranger has been at somebody's local */
    volatile int *address; /* of it */
    int seen;              /* what its owner found there */
} * s;

/* Count in a local variable, and let the others at it in mid-step. */
static void *
count(void *number)
{
    volatile int mine = 0;
    for (int i = 0; i < STEPS; i++) {
        int was = mine;
        thread_yield();
        mine = was + 1;
    }
    s->total[(uintptr_t)number] = mine;
    return NULL;
}

static void *
change(void *unused)
{
    *s->address = 7;
    s->changed = true;
    return unused;
}

/* Give the address of a local variable away. */
static void *
give_away(void *run)
{
    volatile int mine = 1;
    s->address = &mine;
    demo_join(demo_thread(run, "stranger", change, NULL));
    s->seen = mine;
    return NULL;
}

static void
run(struct demo_run *d)
{
    bool shares = thread_model()->shares_memory;
    thread_t threads[THREADS];
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 "%d threads count to %d each in the same function, none in "
                 "another's way; a stranger with the address of a local "
                 "variable %s",
                 THREADS, STEPS,
                 shares ? "changes it" : "changes a copy of its own");
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "counter", count, (void *)i);
    int lost = 0;
    for (int i = 0; i < THREADS; i++) {
        demo_join(threads[i]);
        lost += STEPS - s->total[i];
    }
    demo_join(demo_thread(d, "owner", give_away, d));
    demo_measure(d, "after_the_stranger", s->seen, "value");
    demo_measure(d, "steps", THREADS * STEPS, "steps");
    demo_measure(d, "lost", lost, "steps");
    demo_measure(d, "before", 1, "value");
    demo_found(d,
               "%d of %d steps were lost; after a stranger had stored 7 at the "
               "address of a local variable, its owner found %d",
               lost, THREADS * STEPS, s->seen);
    demo_judge(d, lost == 0 && s->changed && s->seen == (shares ? 7 : 1), "%s",
               shares ? "each thread has a stack of its own, but all stacks "
                        "lie in the same memory"
                      : "a process has a memory of its own, and what lies at "
                        "an address there is another thing");
}

static const struct demo demo = {
    .name = "locals",
    .claim = "A local variable is its thread's own until its address is "
             "passed.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
