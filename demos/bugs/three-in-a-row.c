/* SPDX-License-Identifier: MIT */
/*
 * three-in-a-row.c - a bug of depth three: it needs three preemptions at three
 * places, and there are many places where they do no harm.
 */
#include "demo.h"
#include "sync.h"

enum { STEPS = 6 };

static int stage;

static void *
first(void *arg)
{
    for (int i = 0; i < STEPS; i++)
        thread_checkpoint();
    stage = 1;
    thread_checkpoint();
    if (stage == 2) {
        thread_checkpoint();
        thread_invariant(stage != 3);
    }
    return arg;
}

static void *
second(void *arg)
{
    for (int i = 0; i < STEPS; i++)
        thread_checkpoint();
    if (stage == 1) {
        stage = 2;
        thread_checkpoint();
        stage = 3;
    }
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_t a = demo_thread(d, "first", first, NULL);
    thread_t b = demo_thread(d, "second", second, NULL);
    thread_join(a, NULL);
    thread_join(b, NULL);
    demo_measure(d, "stage", stage, "stage");
    demo_found(d, "the last stage was %d", stage);
    demo_judge(d, stage > 0, "each thread did its part in one go");
}

static const struct demo demo = {
    .name = "three-in-a-row",
    .claim = "Some bugs need three preemptions at three places.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
