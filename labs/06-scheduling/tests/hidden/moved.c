/* SPDX-License-Identifier: MIT */
/* moved.c - a ready thread whose priority changes is the last of its new
 * level. */
#include "turns.h"

enum { THREADS = 6, CHANGES = 30 };

static thread_t thread[THREADS + 1];

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < CHANGES; i++) {
        int other = 1 + (int)lab_random(THREADS);
        int priority = 1 + (int)lab_random(4);
        thread_set_priority(thread[other], priority);
        lab_say(lane, "thread %d has priority %d", other, priority);
        thread_yield();
    }
    return NULL;
}

int
main(void)
{
    lab_begin_with("priority");
    for (intptr_t i = 1; i <= THREADS; i++)
        thread[i] = lab_create(2, worker, (void *)i);
    for (int i = 1; i <= THREADS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
