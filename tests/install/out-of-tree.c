/* SPDX-License-Identifier: MIT */
/*
 * out-of-tree.c - a program that knows only what `make install` installs.
 *
 * Two threads count under one mutex and send what they counted through a pipe.
 * Prints the model's name and the sum: "user 2000", "kernel 2000".
 */
#include <threadbare/io.h>
#include <threadbare/sync.h>
#include <threadbare/thread.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TURNS 1000

static struct mutex lock = MUTEX_INITIALIZER;
static long counted;
static int ends[2];

static void
must(int error, const char *what)
{
    if (error) {
        fprintf(stderr, "%s: error %d\n", what, error);
        exit(EXIT_FAILURE);
    }
}

static void *
count(void *arg)
{
    long mine = 0;
    for (int i = 0; i < TURNS; i++) {
        must(mutex_lock(&lock), "mutex_lock");
        counted++;
        mine++;
        must(mutex_unlock(&lock), "mutex_unlock");
        thread_yield();
    }
    must(thread_write(ends[1], &mine, sizeof mine) != sizeof mine, "write");
    return arg;
}

/* What both threads have sent. */
static long
received(void)
{
    long sum = 0, part;
    for (int i = 0; i < 2; i++) {
        must(thread_read(ends[0], &part, sizeof part) != sizeof part, "read");
        sum += part;
    }
    return sum;
}

int
main(void)
{
    thread_t threads[2];
    must(pipe(ends), "pipe");
    for (int i = 0; i < 2; i++)
        must(thread_create(&threads[i], NULL, count, &threads[i]), "create");
    long sum = received();
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        must(thread_join(threads[i], &result), "join");
        must(result != &threads[i], "result");
    }
    must(sum != counted, "sum");
    printf("%s %ld\n", thread_model()->name, sum);
    return 0;
}
