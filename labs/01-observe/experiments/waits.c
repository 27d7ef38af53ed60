/* SPDX-License-Identifier: MIT */
/*
 * waits.c - so many threads wait so long each: how long does it take?
 *
 *   raw      each asks the kernel to wait: nanosleep(2)
 *   thread   each asks the library to: thread_sleep
 */
#include "experiment.h"
#include "thread.h"

#include <string.h>
#include <time.h>

#define USAGE "waits THREADS MILLISECONDS raw|thread"

static long milliseconds;

static void *
wait_raw(void *unused)
{
    struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    (void)unused;
    while (nanosleep(&span, &span) != 0)
        ;
    return NULL;
}

static void *
wait_thread(void *unused)
{
    (void)unused;
    thread_sleep((uint64_t)milliseconds * 1000000);
    return NULL;
}

int
main(int argc, char **argv)
{
    thread_t threads[THREADS_MOST];
    experiment_begin();
    if (argc != 4 || (strcmp(argv[3], "raw") && strcmp(argv[3], "thread")))
        experiment_usage(USAGE);
    int count = experiment_number(argv[1], NULL, 1, THREADS_MOST, USAGE);
    milliseconds = experiment_number(argv[2], NULL, 1, 9999, USAGE);
    void *(*wait)(void *) = *argv[3] == 'r' ? wait_raw : wait_thread;
    uint64_t begin = thread_now();
    for (int i = 0; i < count; i++)
        thread_create(&threads[i], NULL, wait, NULL);
    for (int i = 0; i < count; i++)
        thread_join(threads[i], NULL);
    printf("milliseconds: %llu\n",
           (unsigned long long)(thread_now() - begin) / 1000000);
    return 0;
}
