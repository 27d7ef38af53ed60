/* SPDX-License-Identifier: MIT */
/* hand-over.c - a mutex that is unlocked while threads wait is the longest
 * waiter's from that moment: nobody overtakes, not even who unlocked it. */
#include "schedules.h"
#include "sync.h"

enum { THREADS = 4, ROUNDS = 3 };

static struct mutex mutex;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < ROUNDS; i++) {
        lab_say(lane, "wants");
        mutex_lock(&mutex);
        lab_say(lane, "has");
        thread_checkpoint();
        mutex_unlock(&mutex);
    }
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    lab_end();
}
