/* SPDX-License-Identifier: MIT */
/*
 * missed-wake-up.c - a thread looks at a flag, then waits to be told of it, and
 * is told in between.
 *
 * A signal wakes whoever waits; it is not kept for whoever is about to.
 */
#include "demo.h"
#include "sync.h"

static bool ready;
static struct mutex mutex;
static struct cond changed;

static void *
wait_until_ready(void *arg)
{
    if (!ready) { /* looked at without the mutex */
        thread_checkpoint();
        mutex_lock(&mutex);
        cond_wait(&changed, &mutex);
        mutex_unlock(&mutex);
    }
    return arg;
}

static void *
make_ready(void *arg)
{
    thread_checkpoint();
    mutex_lock(&mutex);
    ready = true;
    cond_signal(&changed);
    mutex_unlock(&mutex);
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_name_object(&changed, "changed");
    thread_t waiter = demo_thread(d, "waiter", wait_until_ready, NULL);
    thread_t maker = demo_thread(d, "maker", make_ready, NULL);
    thread_join(waiter, NULL);
    thread_join(maker, NULL);
    demo_measure(d, "ready", ready, "flag");
    demo_found(d, "the waiter has seen the flag: %d", ready);
    demo_judge(
        d, ready,
        "the waiter was waiting before the signal came, or looked after it");
}

static const struct demo demo = {
    .name = "missed-wake-up",
    .claim = "A signal that nobody waits for yet is lost.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
