/* SPDX-License-Identifier: MIT */
/* patience.c - who gives up waiting lends no more, nor do those who have
 * inherited from him. */
#include "sync.h"
#include "turns.h"

#include <errno.h>

enum { LENGTH = 3, PATIENCE = 100 * 1000 * 1000 /* ns */ };

static struct mutex mutex[LENGTH + 1];
static struct semaphore gate;
static thread_t thread[LENGTH + 1];

static void *
member(void *number)
{
    int lane = (int)(intptr_t)number;
    mutex_lock(&mutex[lane]);
    if (lane == 1)
        semaphore_wait(&gate);
    else
        mutex_lock(&mutex[lane - 1]);
    if (lane > 1)
        mutex_unlock(&mutex[lane - 1]);
    mutex_unlock(&mutex[lane]);
    return NULL;
}

static void *
hasty(void *unused)
{
    uint64_t deadline = thread_now() + PATIENCE;
    int error = mutex_lock_until(&mutex[LENGTH], deadline);
    lab_say(LENGTH + 1, error == ETIMEDOUT ? "gives up" : "has it");
    return unused;
}

static void
look(void)
{
    for (int i = 1; i <= LENGTH; i++)
        lab_say(i, "priority %d", lab_priority(thread[i]));
}

int
main(void)
{
    lab_begin_with("priority");
    for (intptr_t i = 1; i <= LENGTH; i++) {
        thread[i] = lab_create(1 + (int)lab_random(20), member, (void *)i);
        thread_yield();
    }
    look();
    for (int i = 0; i < 2; i++) {
        int urgent = 21 + (int)lab_random(40);
        thread_t waiter = lab_create(urgent, hasty, NULL);
        thread_yield();
        look();
        thread_join(waiter, NULL);
        look();
    }
    semaphore_post(&gate);
    for (int i = 1; i <= LENGTH; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
