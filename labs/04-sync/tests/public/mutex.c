/* SPDX-License-Identifier: MIT */
/* mutex.c - one at a time has the mutex, in whatever order they come. */
#include "schedules.h"
#include "sync.h"

enum { THREADS = 4, ROUNDS = 2 };

static struct mutex mutex;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < ROUNDS; i++) {
        thread_checkpoint();
        mutex_lock(&mutex);
        lab_say(lane, "has");
        thread_checkpoint();
        lab_say(lane, "leaves");
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
    lab_say(0, "destroy %d", mutex_destroy(&mutex));
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    lab_end();
}
