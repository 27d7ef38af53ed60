/* SPDX-License-Identifier: MIT */
/*
 * census.c - so many threads, main not counted: how many does the kernel know?
 *
 * Its own list of the threads of this process is the folder /proc/self/task.
 */
#include "experiment.h"
#include "sync.h"
#include "thread.h"

#include <dirent.h>

#define USAGE "census THREADS"

static struct semaphore parked, over;

static void *
park(void *unused)
{
    (void)unused;
    semaphore_post(&parked);
    semaphore_wait(&over);
    return NULL;
}

static int
tasks(void)
{
    DIR *list = opendir("/proc/self/task");
    int count = 0;
    if (!list) {
        perror("/proc/self/task");
        exit(1);
    }
    for (struct dirent *e; (e = readdir(list)) != NULL;)
        count += e->d_name[0] != '.';
    closedir(list);
    return count;
}

int
main(int argc, char **argv)
{
    thread_t threads[THREADS_MOST];
    experiment_begin();
    if (argc != 2)
        experiment_usage(USAGE);
    int count = experiment_number(argv[1], NULL, 1, THREADS_MOST, USAGE);
    semaphore_init(&parked, 0);
    semaphore_init(&over, 0);
    for (int i = 0; i < count; i++)
        thread_create(&threads[i], NULL, park, NULL);
    for (int i = 0; i < count; i++)
        semaphore_wait(&parked);
    printf("kernel threads: %d\n", tasks());
    for (int i = 0; i < count; i++)
        semaphore_post(&over);
    for (int i = 0; i < count; i++)
        thread_join(threads[i], NULL);
    return 0;
}
