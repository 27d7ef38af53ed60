/* SPDX-License-Identifier: MIT */
/* inversion.c - low holds what high waits for, and medium, which needs nothing
 * of either, is ready all the time. */
#include "sync.h"
#include "turns.h"

enum { LOW = 1, HIGH = 2, MEDIUM = 3, MEDIUMS_MOST = 4 };

static struct mutex mutex;
static int mediums, works;
static thread_t thread[MEDIUM + MEDIUMS_MOST];

static void *
medium(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < 3; i++) {
        lab_say(lane, "computes");
        thread_yield();
    }
    return NULL;
}

static void *
high(void *unused)
{
    lab_say(HIGH, "wants");
    mutex_lock(&mutex);
    lab_say(HIGH, "has");
    mutex_unlock(&mutex);
    lab_say(HIGH, "leaves");
    return unused;
}

static void
work(void)
{
    for (int i = 0; i < works; i++) {
        lab_say(LOW, "works, priority %d", lab_priority(thread_self()));
        thread_yield();
    }
}

/* It is in the mutex before the others are there. */
static void *
low(void *unused)
{
    mutex_lock(&mutex);
    lab_say(LOW, "has");
    for (intptr_t i = 0; i < mediums; i++)
        thread[MEDIUM + i] = lab_create(20, medium, (void *)(MEDIUM + i));
    thread[HIGH] = lab_create(30, high, NULL);
    thread_yield();
    work();
    mutex_unlock(&mutex);
    lab_say(LOW, "leaves");
    work();
    return unused;
}

int
main(void)
{
    lab_begin_with("priority");
    mediums = 1 + (int)lab_random(MEDIUMS_MOST);
    works = 1 + (int)lab_random(5);
    thread[LOW] = lab_create(10, low, NULL);
    for (int i = LOW; i <= HIGH || i < MEDIUM + mediums; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
