/* SPDX-License-Identifier: MIT */
/* family.c - threads make threads; each is joined by another than its maker. */
#include "lab.h"
#include "thread.h"

enum { MOST = 40 };

static thread_t thread[MOST];
static int made, wanted;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    void *result = NULL;
    lab_say(lane, "begin");
    for (int i = 0; i < 2 && made < wanted; i++) {
        int child = ++made;
        thread_create(&thread[child], NULL, worker, (void *)(intptr_t)child);
    }
    thread_yield();
    /* Thread n joins thread n + 2, if it is there. */
    if (lane + 2 <= made) {
        thread_join(thread[lane + 2], &result);
        lab_say(lane, "joined %d", (int)(intptr_t)result);
    }
    return number;
}

int
main(void)
{
    lab_begin();
    wanted = 10 + (int)lab_random(MOST - 10);
    void *result = NULL;
    made = 2;
    for (int i = 1; i <= 2; i++)
        thread_create(&thread[i], NULL, worker, (void *)(intptr_t)i);
    for (int i = 1; i <= 2; i++) {
        thread_join(thread[i], &result);
        lab_say(0, "joined %d", (int)(intptr_t)result);
    }
    lab_say(0, "stacks %zu, threads %zu", lab_stacks().live,
            thread_list(NULL, 0));
    lab_end();
}
