/* SPDX-License-Identifier: MIT */
/* levels.c - the highest priority first, and equals in turn. */
#include "turns.h"

enum { THREADS = 8, KINDS = 3 };

static int turns[THREADS];

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 1; i <= turns[lane - 1]; i++) {
        lab_say(lane, "turn %d", i);
        thread_yield();
    }
    return NULL;
}

int
main(void)
{
    thread_t thread[THREADS];
    int priority[KINDS] = {THREAD_PRIORITY_MAX};
    lab_begin_with("priority");
    for (int i = 1; i < KINDS; i++)
        priority[i] = 1 + (int)lab_random(THREAD_PRIORITY_MAX - 1);
    for (intptr_t i = 0; i < THREADS; i++) {
        int mine = priority[i < KINDS ? (uint64_t)i : lab_random(KINDS)];
        turns[i] = 1 + (int)lab_random(5);
        lab_say(0, "thread %d has priority %d", (int)i + 1, mine);
        thread[i] = lab_create(mine, worker, (void *)(i + 1));
    }
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
