/* SPDX-License-Identifier: MIT */
/*
 * missed-wake-up-cured.c - to look and to wait is one step: the mutex is held
 * from the look until cond_wait, which gives it back only when this thread
 * waits.
 */
#include "demo.h"
#include "sync.h"

static bool ready;
static struct mutex mutex;
static struct cond changed;

static void *
wait_until_ready(void *arg)
{
    mutex_lock(&mutex);
    while (!ready) {
        thread_checkpoint();
        cond_wait(&changed, &mutex);
    }
    mutex_unlock(&mutex);
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
    demo_judge(d, ready, "the mutex is given back only when the waiter waits");
}

static const struct demo demo = {
    .name = "missed-wake-up-cured",
    .claim = "A look and a wait under one mutex miss no signal.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
