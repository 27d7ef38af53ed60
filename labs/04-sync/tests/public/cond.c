/* SPDX-License-Identifier: MIT */
/* cond.c - a bounded buffer: each item is taken once, none is lost, and nobody
 * waits for a signal that has been. */
#include "schedules.h"
#include "sync.h"

enum { MAKERS = 2, TAKERS = 2, EACH = 3 };

static struct mutex mutex;
static struct cond not_full, not_empty;
static int item[4], count, capacity;

static void *
maker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < EACH; i++) {
        thread_checkpoint();
        mutex_lock(&mutex);
        while (count == capacity)
            cond_wait(&not_full, &mutex);
        item[count++] = lane * 10 + i;
        lab_say(lane, "put %d, %d there", lane * 10 + i, count);
        thread_checkpoint();
        cond_signal(&not_empty);
        mutex_unlock(&mutex);
    }
    return NULL;
}

static void *
taker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < MAKERS * EACH / TAKERS; i++) {
        thread_checkpoint();
        mutex_lock(&mutex);
        while (count == 0)
            cond_wait(&not_empty, &mutex);
        int taken = item[--count];
        lab_say(lane, "take %d, %d there", taken, count);
        thread_checkpoint();
        cond_signal(&not_full);
        mutex_unlock(&mutex);
    }
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[MAKERS + TAKERS];
    capacity = 1 + (int)lab_random(3);
    lab_say(0, "capacity %d", capacity);
    for (intptr_t i = 0; i < MAKERS + TAKERS; i++)
        thread_create(&thread[i], NULL, i < MAKERS ? maker : taker,
                      (void *)(i + 1));
    for (int i = 0; i < MAKERS + TAKERS; i++)
        thread_join(thread[i], NULL);
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    lab_end();
}
