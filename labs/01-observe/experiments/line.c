/* SPDX-License-Identifier: MIT */
/*
 * line.c - who has the mutex next?
 *
 * Threads A, B, C, ... want the mutex as often as they are told to. Main holds
 * it until all of them stand in line. Each thread that unlocks it locks it
 * again at once, if it has not had it often enough: nothing comes in between.
 */
#include "experiment.h"
#include "sync.h"
#include "thread.h"

#define USAGE "line TIMES ..."

static struct mutex mutex;
static int times[THREADS_MOST];

static void *
want(void *mine)
{
    int number = (int)((int *)mine - times);
    for (int i = 0; i < times[number]; i++) {
        mutex_lock(&mutex);
        experiment_add_letter(number);
        mutex_unlock(&mutex);
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    thread_t threads[THREADS_MOST];
    experiment_begin();
    int count = argc - 1;
    if (count < 1 || count > THREADS_MOST)
        experiment_usage(USAGE);
    for (int i = 0; i < count; i++)
        times[i] = experiment_number(argv[i + 1], NULL, 1, 99, USAGE);
    mutex_lock(&mutex);
    for (int i = 0; i < count; i++)
        thread_create(&threads[i], NULL, want, &times[i]);
    thread_yield();
    mutex_unlock(&mutex);
    for (int i = 0; i < count; i++)
        thread_join(threads[i], NULL);
    printf("it was held by: %s\n", experiment_letters);
    return 0;
}
