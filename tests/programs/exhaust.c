/* SPDX-License-Identifier: MIT */
/*
 * exhaust.c - create threads until that is refused (or there are as many as
 * asked), then let them go, join them all, and create one more.
 *     exhaust [MOST [STACK_SIZE]]
 */
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct semaphore go = SEMAPHORE_INITIALIZER(0);

static void *
wait_for_go(void *arg)
{
    semaphore_wait(&go);
    return arg;
}

static const char *
name_of(int error)
{
    switch (error) {
    case 0: return "none";
    case EAGAIN: return "EAGAIN";
    case ENOMEM: return "ENOMEM";
    }
    return strerror(error);
}

int
main(int argc, char **argv)
{
    size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    struct thread_attr attr = {0};
    attr.stack_size = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    thread_t *threads = malloc(most * sizeof *threads);
    size_t made = 0;
    int error = 0;
    if (!threads)
        return 1;
    while (made < most && !error) {
        error = thread_create(&threads[made], &attr, wait_for_go, threads);
        made += !error;
    }
    printf("refused=%s\nmade=%s\n", name_of(error), made > 0 ? "some" : "0");
    for (size_t i = 0; i < made; i++)
        semaphore_post(&go);
    for (size_t i = 0; i < made; i++) {
        void *result = NULL;
        if (thread_join(threads[i], &result) != 0 || result != threads)
            return 1;
    }
    semaphore_post(&go);
    if (made > 0 && (thread_create(threads, &attr, wait_for_go, NULL) != 0 ||
                     thread_join(threads[0], NULL) != 0))
        return 1;
    puts("one more: ok");
    return 0;
}
