/* SPDX-License-Identifier: MIT */
/* threads.c - the whole library on these contexts: threads that are made, take
 * turns, and are joined. */
#include "lab.h"
#include "thread.h"

enum { MOST = 9 };

static int steps[MOST];

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 1; i <= steps[lane]; i++) {
        lab_say(lane, "step %d", i);
        thread_yield();
    }
    return number;
}

int
main(void)
{
    thread_t thread[MOST];
    lab_begin();
    for (int i = 1; i < MOST; i++) {
        steps[i] = (int)lab_random(6);
        thread_create(&thread[i], NULL, worker, (void *)(intptr_t)i);
    }
    for (int i = 1; i < MOST; i++) {
        void *result;
        thread_join(thread[i], &result);
        lab_say(0, "joined %d", (int)(intptr_t)result);
    }
    lab_end();
}
