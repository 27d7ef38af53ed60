/* SPDX-License-Identifier: MIT */
/*
 * long-stall.c - a thread is kept from the CPU for as long as another takes
 * fifty steps: a bug that PCT meets and a random schedule does not.
 *
 * A watchdog believes that whoever has not answered within fifty steps is
 * dead. Where each step is an even chance for the other to run, fifty in a row
 * do not come up; where the one simply has a lower priority, they do at once.
 */
#include "demo.h"
#include "sync.h"

enum { PATIENCE = 50 };

static bool answered;

static void *
answer(void *arg)
{
    thread_checkpoint();
    answered = true;
    return arg;
}

static void *
watch(void *arg)
{
    for (int steps = 0; !answered; steps++) {
        thread_invariant(steps < PATIENCE);
        thread_checkpoint();
    }
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_t worker = demo_thread(d, "worker", answer, NULL);
    thread_t watchdog = demo_thread(d, "watchdog", watch, NULL);
    thread_join(worker, NULL);
    thread_join(watchdog, NULL);
    demo_measure(d, "answered", answered, "flag");
    demo_found(d, "the worker has answered: %d", answered);
    demo_judge(d, answered, "the worker had the CPU first");
}

static const struct demo demo = {
    .name = "long-stall",
    .claim = "That a thread answers within fifty steps of another is a hope, "
             "not a fact.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
