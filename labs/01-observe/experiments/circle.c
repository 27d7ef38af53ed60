/* SPDX-License-Identifier: MIT */
/*
 * circle.c - two locks each, and who waits for whom.
 *
 * Thread A locks the first mutex that it is given, yields, and locks its
 * second; so do B, C, ... When nobody gets on any more, main asks the library
 * who waits for whom, and ends the process: the others never will.
 */
#include "experiment.h"
#include "sync.h"
#include "thread.h"

#define USAGE "circle FIRST,SECOND ...    (mutexes from 1 to 26)"

static struct mutex mutexes[THREADS_MOST];
static thread_t threads[THREADS_MOST];
static int count, first[THREADS_MOST], second[THREADS_MOST];

static void *
take_two(void *mine)
{
    int number = (int)((int *)mine - first);
    mutex_lock(&mutexes[first[number]]);
    thread_yield();
    mutex_lock(&mutexes[second[number]]);
    mutex_unlock(&mutexes[second[number]]);
    mutex_unlock(&mutexes[first[number]]);
    return NULL;
}

static void
say_whom(int number)
{
    struct thread_info info = {0};
    thread_info(threads[number], &info);
    for (int i = 0; i < count; i++)
        if (info.wait_thread == threads[i]) {
            printf("%c waits for %c\n", 'A' + number, 'A' + i);
            return;
        }
    printf("%c has had both\n", 'A' + number);
}

int
main(int argc, char **argv)
{
    experiment_begin();
    count = argc - 1;
    if (count < 1 || count > THREADS_MOST)
        experiment_usage(USAGE);
    for (int i = 0; i < count; i++) {
        char *rest;
        first[i] = experiment_number(argv[i + 1], &rest, 1, 26, USAGE) - 1;
        if (*rest != ',')
            experiment_usage(USAGE);
        second[i] = experiment_number(rest + 1, NULL, 1, 26, USAGE) - 1;
    }
    for (int i = 0; i < count; i++)
        thread_create(&threads[i], NULL, take_two, &first[i]);
    for (int i = 0; i < 3 * count; i++)
        thread_yield();
    for (int i = 0; i < count; i++)
        say_whom(i);
    return 0;
}
