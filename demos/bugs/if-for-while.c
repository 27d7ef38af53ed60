/* SPDX-License-Identifier: MIT */
/*
 * if-for-while.c - a consumer that was woken believes that there is an item.
 *
 * Between the signal and the moment when the woken thread has the mutex again,
 * another consumer may have come and taken it.
 */
#include "demo.h"
#include "sync.h"

static int items;
static struct mutex mutex;
static struct cond more;

static void *
consume(void *arg)
{
    mutex_lock(&mutex);
    if (items == 0)
        cond_wait(&more, &mutex);
    thread_invariant(items > 0);
    items--;
    mutex_unlock(&mutex);
    return arg;
}

static void *
produce(void *arg)
{
    for (int i = 0; i < 2; i++) {
        mutex_lock(&mutex);
        items++;
        cond_signal(&more);
        mutex_unlock(&mutex);
        thread_checkpoint();
    }
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_name_object(&more, "more");
    thread_t first = demo_thread(d, "first", consume, NULL);
    thread_t second = demo_thread(d, "second", consume, NULL);
    thread_t producer = demo_thread(d, "producer", produce, NULL);
    thread_join(first, NULL);
    thread_join(second, NULL);
    thread_join(producer, NULL);
    demo_measure(d, "items", items, "items");
    demo_found(d, "two consumers took one item each, and %d were left", items);
    demo_judge(d, items == 0,
               "nobody came between the signal and the woken consumer");
}

static const struct demo demo = {
    .name = "if-for-while",
    .claim = "A wake-up is no promise that what was waited for is still true.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
