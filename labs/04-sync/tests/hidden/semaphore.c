/* SPDX-License-Identifier: MIT */
/* semaphore.c - never more inside than the semaphore lets in, and all of its
 * value there at the end. */
#include "schedules.h"
#include "sync.h"

enum { THREADS = 5 };

static struct semaphore semaphore;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    thread_checkpoint();
    if (lane % 2 || semaphore_trywait(&semaphore) != 0)
        semaphore_wait(&semaphore);
    lab_say(lane, "in");
    thread_checkpoint();
    lab_say(lane, "out");
    semaphore_post(&semaphore);
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[THREADS];
    unsigned value = 1 + (unsigned)lab_random(3);
    lab_say(0, "value %u", value);
    semaphore_init(&semaphore, value);
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "left %u", semaphore_value(&semaphore));
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    semaphore_init(&semaphore, SEMAPHORE_MAX);
    lab_say(0, "too many %d", semaphore_post(&semaphore) != 0);
    lab_end();
}
