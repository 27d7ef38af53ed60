/* SPDX-License-Identifier: MIT */
/*
 * parked.c - many threads at once, all blocked; what they take, and whether
 * each hundredth part of them has a guard.
 *     parked COUNT
 */
#include "sync.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLES 100

static struct semaphore go = SEMAPHORE_INITIALIZER(0);
static char *sample[SAMPLES]; /* an address on the stack of some threads */
static size_t arrived, every;

static void *
park(void *arg)
{
    char local;
    size_t place = arrived++;
    if (place % every == 0 && place / every < SAMPLES)
        sample[place / every] = &local;
    semaphore_wait(&go);
    return arg;
}

/* Resident memory, in bytes. */
static size_t
resident(void)
{
    size_t total, pages;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%zu %zu", &total, &pages) != 2)
        exit(1);
    fclose(file);
    return pages * 4096;
}

static size_t
mappings(void)
{
    size_t lines = 0;
    int c;
    FILE *file = fopen("/proc/self/maps", "r");
    if (!file)
        exit(1);
    while ((c = getc(file)) != EOF)
        lines += c == '\n';
    fclose(file);
    return lines;
}

/* The guard is the first page below this address that the kernel cannot read
 * for us. A thread of 256 KiB must have met it after so many. */
static bool
has_guard(const char *address)
{
    int ends[2];
    bool readable = true;
    char byte;
    if (pipe(ends) != 0)
        exit(1);
    const char *page = address - (size_t)address % 4096;
    for (int pages = 0; readable && pages < 256 / 4 + 2; pages++) {
        readable = write(ends[1], page, 1) == 1;
        if (readable && read(ends[0], &byte, 1) != 1)
            exit(1);
        page -= 4096;
    }
    close(ends[0]);
    close(ends[1]);
    return !readable;
}

int
main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    int guards = 0, error = 0;
    thread_t *threads = malloc(count * sizeof *threads);
    if (!threads)
        return 1;
    memset(threads, 0, count * sizeof *threads);
    every = count > SAMPLES ? count / SAMPLES : 1;
    thread_self();
    size_t before = resident(), mappings_before = mappings();

    for (size_t i = 0; i < count && !error; i++)
        error = thread_create(&threads[i], NULL, park, threads);
    if (error)
        return fprintf(stderr, "parked: %s\n", strerror(error)), 1;
    while (arrived < count)
        thread_yield();
    printf("parked=%zu\nbytes=%zu\nmappings=%zu\n", arrived,
           (resident() - before) / count, mappings() - mappings_before);
    for (int i = 0; i < SAMPLES; i++)
        guards += sample[i] && has_guard(sample[i]);
    printf("guards=%d of %d\n", guards, SAMPLES);

    for (size_t i = 0; i < count; i++)
        semaphore_post(&go);
    for (size_t i = 0; i < count; i++) {
        void *result = NULL;
        if (thread_join(threads[i], &result) != 0 || result != threads)
            return 1;
    }
    printf("left=%zu MiB\n", (resident() - before) >> 20);
    return 0;
}
