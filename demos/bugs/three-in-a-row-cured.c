/* SPDX-License-Identifier: MIT */
/*
 * three-in-a-row-cured.c - nobody sees the stages in between.
 */
#include "demo.h"
#include "sync.h"

enum { STEPS = 6 };

static int stage;
static struct mutex mutex;

static void *
first(void *arg)
{
    for (int i = 0; i < STEPS; i++)
        thread_checkpoint();
    mutex_lock(&mutex);
    stage = 1;
    thread_checkpoint();
    if (stage == 2) {
        thread_checkpoint();
        thread_invariant(stage != 3);
    }
    mutex_unlock(&mutex);
    return arg;
}

static void *
second(void *arg)
{
    for (int i = 0; i < STEPS; i++)
        thread_checkpoint();
    mutex_lock(&mutex);
    if (stage == 1) {
        stage = 2;
        thread_checkpoint();
        stage = 3;
    }
    mutex_unlock(&mutex);
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
    demo_judge(d, stage > 0, "each thread does its part under the mutex");
}

static const struct demo demo = {
    .name = "three-in-a-row-cured",
    .claim = "Under one mutex nobody sees the stages in between.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
