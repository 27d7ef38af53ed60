/* SPDX-License-Identifier: MIT */
/* order.c - threads run in the order in which they became ready. */
#include "lab.h"
#include "thread.h"

enum { MOST = 8 };

static int steps[MOST];

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 1; i <= steps[lane]; i++) {
        lab_say(lane, "step %d", i);
        thread_yield();
    }
    lab_say(lane, "end");
    return NULL;
}

int
main(void)
{
    thread_t thread[MOST];
    lab_begin();
    int count = 4 + (int)lab_random(MOST - 4);
    for (int i = 1; i < count; i++) {
        steps[i] = (int)lab_random(6);
        lab_say(0, "create %d", i);
        thread_create(&thread[i], NULL, worker, (void *)(intptr_t)i);
        if (lab_random(2) && i > 1)
            thread_yield();
    }
    for (int i = 1; i < count; i++) {
        thread_join(thread[i], NULL);
        lab_say(0, "joined %d", i);
    }
    lab_end();
}
