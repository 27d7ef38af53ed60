/* SPDX-License-Identifier: MIT */
/* signals.c - a signal wakes one, the longest waiter; a broadcast wakes all;
 * each has the mutex when it goes on. */
#include "lab.h"
#include "sync.h"
#include "thread.h"

enum { COUNT = 6 };

static struct mutex mutex;
static struct cond cond;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    mutex_lock(&mutex);
    lab_say(lane, "waits");
    int error = cond_wait(&cond, &mutex);
    lab_say(lane, "woken %d, others get it: %d", error,
            mutex_trylock(&mutex) == 0);
    thread_yield();
    mutex_unlock(&mutex);
    return NULL;
}

int
main(void)
{
    thread_t thread[COUNT];
    lab_begin();
    for (intptr_t i = 0; i < COUNT; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    thread_yield();
    int one_by_one = 2 + (int)lab_random(COUNT - 3);
    for (int i = 0; i < one_by_one; i++) {
        lab_say(0, "signal");
        cond_signal(&cond);
        thread_yield();
        thread_yield();
        thread_yield();
    }
    lab_say(0, "busy %d", cond_destroy(&cond) != 0);
    lab_say(0, "broadcast");
    cond_broadcast(&cond);
    for (int i = 0; i < COUNT; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "busy %d", cond_destroy(&cond) != 0);
    lab_end();
}
