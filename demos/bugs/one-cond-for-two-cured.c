/* SPDX-License-Identifier: MIT */
/*
 * one-cond-for-two-cured.c - one condition variable for each condition: a
 * signal reaches only those who wait for what has come true.
 */
#include "demo.h"
#include "sync.h"

/* A buffer with room for one item; two producers, two consumers. */
static int items;
static struct mutex mutex;
static struct cond room, item;

static void *
produce(void *arg)
{
    mutex_lock(&mutex);
    while (items == 1)
        cond_wait(&room, &mutex);
    items++;
    cond_signal(&item);
    mutex_unlock(&mutex);
    return arg;
}

static void *
consume(void *arg)
{
    mutex_lock(&mutex);
    while (items == 0)
        cond_wait(&item, &mutex);
    items--;
    cond_signal(&room);
    mutex_unlock(&mutex);
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_t threads[] = {demo_thread(d, "consumer 1", consume, NULL),
                          demo_thread(d, "producer 1", produce, NULL),
                          demo_thread(d, "producer 2", produce, NULL),
                          demo_thread(d, "consumer 2", consume, NULL)};
    for (int i = 0; i < 4; i++)
        thread_join(threads[i], NULL);
    thread_invariant(items == 0);
    demo_measure(d, "items", items, "items");
    demo_found(d, "all that was produced was consumed, and %d were left",
               items);
    demo_judge(d, items == 0,
               "only those wait there for whom the signal is meant");
}

static const struct demo demo = {
    .name = "one-cond-for-two-cured",
    .claim = "With a condition variable for each condition a signal reaches "
             "the right side.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
