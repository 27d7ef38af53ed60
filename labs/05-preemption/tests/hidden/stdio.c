/* SPDX-License-Identifier: MIT */
/* stdio.c - all threads write lines to one stream while real ticks come fast:
 * each line is whole. A stream's lock does not help, since it is the same
 * kernel thread that locks it again. */
#include "lab.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, QUANTUM = 50 * 1000 /* ns */, WANTED = 800 };

static FILE *stream;
static volatile unsigned sink;

static uint64_t
served(void)
{
    struct thread_preemption p;
    thread_preemption(&p);
    return p.served;
}

/* Some work of the program's own between the lines. */
static void *
worker(void *number)
{
    int me = (int)(intptr_t)number;
    while (served() < WANTED)
        for (int i = 0; i < 50; i++) {
            fprintf(stream, "<%d %s %d>\n", me, "a line of some length", me);
            for (int j = 0; j < 2000; j++)
                sink += (unsigned)j;
        }
    return NULL;
}

/* How many lines are not as one thread has written them. */
static int
count_broken(char *text)
{
    int broken = 0, a, b, length;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        length = 0;
        sscanf(line, "<%d a line of some length %d>%n", &a, &b, &length);
        broken += !length || line[length] || a != b;
    }
    return broken;
}

int
main(void)
{
    thread_t thread[THREADS];
    char *text;
    size_t size;
    setenv("UTHREADS_TICK", "real", 1);
    lab_begin();
    stream = open_memstream(&text, &size);
    lab_say(0, "preempt: %d", thread_preempt(QUANTUM));
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    thread_preempt(0);
    fclose(stream);
    lab_say(0, "broken lines: %d", count_broken(text));
    lab_end();
}
