/* SPDX-License-Identifier: MIT */
/* heap.c - hundreds wait with deadlines, some are woken before theirs; those
 * that are left still wake in order, and each at its time. */
#include "outside.h"
#include "sync.h"
#include "thread.h"

#include <string.h>

enum { THREADS = 300 };

static struct semaphore posted[THREADS];
static unsigned span[THREADS]; /* us */

static void *
waiter(void *number)
{
    int own = (int)(intptr_t)number;
    unsigned before = outside_us();
    uint64_t deadline = thread_now() + (uint64_t)span[own] * 1000;
    int error = semaphore_wait_until(&posted[own], deadline);
    unsigned waited = outside_us() - before;
    if (error)
        lab_say(own + 1, "%s: %u of %u", strerrorname_np(error), waited,
                span[own]);
    else
        lab_say(own + 1, "woken");
    return NULL;
}

int
main(void)
{
    static thread_t thread[THREADS];
    int woken = 0;
    lab_begin();
    outside_begin();
    for (intptr_t i = 0; i < THREADS; i++) {
        span[i] = 2000 + (unsigned)lab_random(200000);
        thread_create(&thread[i], NULL, waiter, (void *)i);
    }
    thread_yield();
    for (int i = 0; i < THREADS; i++)
        if (lab_random(2) == 0) {
            semaphore_post(&posted[i]);
            woken++;
        }
    lab_say(0, "posts %d", woken);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
