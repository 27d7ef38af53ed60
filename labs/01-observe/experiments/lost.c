/* SPDX-License-Identifier: MIT */
/*
 * lost.c - a number that all threads add to, and nobody protects.
 *
 * Each thread adds 1 as often as it is told to. To add is to load, to add, and
 * to store; here every thread yields between the load and the store.
 */
#include "experiment.h"
#include "thread.h"

#define USAGE "lost TIMES ..."

static int number;

static void *
add(void *times)
{
    for (int i = 0; i < *(int *)times; i++) {
        int loaded = number;
        thread_yield();
        number = loaded + 1;
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    thread_t threads[THREADS_MOST];
    int times[THREADS_MOST];
    experiment_begin();
    int count = argc - 1;
    if (count < 1 || count > THREADS_MOST)
        experiment_usage(USAGE);
    for (int i = 0; i < count; i++)
        times[i] = experiment_number(argv[i + 1], NULL, 0, 9999, USAGE);
    for (int i = 0; i < count; i++)
        thread_create(&threads[i], NULL, add, &times[i]);
    for (int i = 0; i < count; i++)
        thread_join(threads[i], NULL);
    printf("the number is: %d\n", number);
    return 0;
}
