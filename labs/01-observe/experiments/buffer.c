/* SPDX-License-Identifier: MIT */
/*
 * buffer.c - how often does a producer get the CPU?
 *
 * One thread puts items into a buffer, another one takes them out; two
 * semaphores count the free places and the items. Nobody yields: whoever can
 * go on does.
 */
#include "experiment.h"
#include "sync.h"
#include "thread.h"

#define USAGE "buffer ITEMS CAPACITY"

static struct semaphore places, there;
static int items;
static unsigned long long turns;

static void *
produce(void *unused)
{
    struct thread_info info = {0};
    (void)unused;
    for (int i = 0; i < items; i++) {
        semaphore_wait(&places);
        semaphore_post(&there);
    }
    thread_info(thread_self(), &info);
    turns = info.switches;
    return NULL;
}

static void *
consume(void *unused)
{
    (void)unused;
    for (int i = 0; i < items; i++) {
        semaphore_wait(&there);
        semaphore_post(&places);
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    thread_t producer, consumer;
    experiment_begin();
    if (argc != 3)
        experiment_usage(USAGE);
    items = experiment_number(argv[1], NULL, 1, 99999, USAGE);
    semaphore_init(&places,
                   (unsigned)experiment_number(argv[2], NULL, 1, 9999, USAGE));
    semaphore_init(&there, 0);
    thread_create(&producer, NULL, produce, NULL);
    thread_create(&consumer, NULL, consume, NULL);
    thread_join(producer, NULL);
    thread_join(consumer, NULL);
    printf("turns of the producer: %llu\n", turns);
    return 0;
}
