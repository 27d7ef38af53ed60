/* SPDX-License-Identifier: MIT */
/* withdrawn.c - a thread that holds several mutexes gives back with each what
 * it was lent for that one, and keeps what it was lent for the others. */
#include "sync.h"
#include "turns.h"

enum { HELD = 4, WAITERS = 7, SCENARIOS = 12 };

static struct mutex mutex[HELD];
static struct semaphore gate;
static int waits_for[WAITERS];

static void *
holder(void *order)
{
    const int *unlock = order;
    for (int i = 0; i < HELD; i++)
        mutex_lock(&mutex[i]);
    semaphore_wait(&gate);
    lab_say(1, "priority %d", lab_priority(thread_self()));
    for (int i = 0; i < HELD; i++) {
        mutex_unlock(&mutex[unlock[i]]);
        lab_say(1, "gives mutex %d back, priority %d", unlock[i],
                lab_priority(thread_self()));
        thread_yield();
    }
    return NULL;
}

static void *
waiter(void *number)
{
    int i = (int)(intptr_t)number;
    mutex_lock(&mutex[waits_for[i]]);
    lab_say(2 + i, "has mutex %d", waits_for[i]);
    thread_yield();
    mutex_unlock(&mutex[waits_for[i]]);
    lab_say(2 + i, "priority %d", lab_priority(thread_self()));
    return NULL;
}

static void
shuffle(int *order)
{
    for (int i = 0; i < HELD; i++)
        order[i] = i;
    for (int i = HELD - 1; i > 0; i--) {
        int j = (int)lab_random((uint64_t)i + 1), swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
}

static void
scenario(void)
{
    thread_t thread[WAITERS + 1];
    int order[HELD];
    shuffle(order);
    thread[WAITERS] = lab_create(1 + (int)lab_random(20), holder, order);
    thread_yield();
    for (intptr_t i = 0; i < WAITERS; i++) {
        waits_for[i] = (int)lab_random(HELD);
        thread[i] = lab_create(1 + (int)lab_random(60), waiter, (void *)i);
        thread_yield();
    }
    semaphore_post(&gate);
    for (int i = 0; i <= WAITERS; i++)
        thread_join(thread[i], NULL);
}

int
main(void)
{
    lab_begin_with("priority");
    for (int i = 0; i < SCENARIOS; i++)
        scenario();
    lab_end();
}
