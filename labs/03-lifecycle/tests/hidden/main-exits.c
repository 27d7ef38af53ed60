/* SPDX-License-Identifier: MIT */
/* main-exits.c - a main that calls thread_exit leaves the process to the other
 * threads; the last one to end is the end, with status 0. */
#include "lab.h"
#include "thread.h"

#include <stdlib.h>

static int count;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i <= lane; i++) {
        lab_say(lane, "step %d", i);
        thread_yield();
    }
    return NULL;
}

/* Called by exit(0), on the stack of the last thread. */
static void
the_end(void)
{
    lab_say(count, "exit handler");
    lab_end();
}

int
main(void)
{
    lab_begin();
    atexit(the_end);
    count = 1 + (int)lab_random(6);
    for (int i = 1; i <= count; i++)
        thread_create(NULL, NULL, worker, (void *)(intptr_t)i);
    lab_say(0, "main leaves");
    thread_exit(NULL);
}
