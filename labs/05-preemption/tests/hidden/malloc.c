/* SPDX-License-Identifier: MIT */
/* malloc.c - all threads take and give back memory while real ticks come as
 * fast as the machine can: no block is given out twice, and none is lost. */
#include "lab.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, BLOCKS = 16, QUANTUM = 50 * 1000 /* ns */, WANTED = 1500 };

static uint64_t
served(void)
{
    struct thread_preemption p;
    thread_preemption(&p);
    return p.served;
}

/* Is each byte the owner's? */
static bool
is_whole(const unsigned char *block, size_t size, int mark)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != mark)
            return false;
    return true;
}

/* Returns how many of its blocks somebody else has written to. */
static void *
worker(void *number)
{
    unsigned char *block[BLOCKS] = {NULL};
    size_t size[BLOCKS] = {0};
    int mark = (int)(intptr_t)number;
    intptr_t broken = 0;
    unsigned state = (unsigned)mark;
    while (served() < WANTED)
        for (int i = 0; i < 1000; i++) {
            int at = (int)((state = state * 1103515245 + 12345) >> 16) % BLOCKS;
            broken += !is_whole(block[at], size[at], mark);
            free(block[at]);
            size[at] = 16 + (state >> 8) % 400;
            block[at] = malloc(size[at]);
            if (block[at])
                memset(block[at], mark, size[at]);
            else
                size[at] = 0;
        }
    return (void *)broken;
}

int
main(void)
{
    thread_t thread[THREADS];
    void *broken;
    setenv("UTHREADS_TICK", "real", 1);
    lab_begin();
    lab_say(0, "preempt: %d", thread_preempt(QUANTUM));
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++) {
        thread_join(thread[i], &broken);
        lab_say(i + 1, "broken blocks: %d", (int)(intptr_t)broken);
    }
    lab_end();
}
