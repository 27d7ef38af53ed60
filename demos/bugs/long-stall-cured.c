/* SPDX-License-Identifier: MIT */
/*
 * long-stall-cured.c - the watchdog waits to be told, and counts no steps.
 */
#include "demo.h"
#include "sync.h"

static struct event answered;
static bool told;

static void *
answer(void *arg)
{
    thread_checkpoint();
    event_set(&answered);
    return arg;
}

static void *
watch(void *arg)
{
    thread_checkpoint();
    event_wait(&answered);
    told = true;
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
    demo_measure(d, "told", told, "flag");
    demo_found(d, "the worker has answered: %d", told);
    demo_judge(d, told, "the watchdog blocks until it is told");
}

static const struct demo demo = {
    .name = "long-stall-cured",
    .claim = "Whoever waits to be told needs no patience.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
