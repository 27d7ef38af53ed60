/* SPDX-License-Identifier: MIT */
/* mutex.c - one thread at a time has a mutex, whatever else goes on. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <stdatomic.h>

enum { MOST = 6 };

static struct mutex mutex;
static atomic_int inside, most;
static volatile int counter; /* guarded by the mutex, and by nothing else */
static int rounds;

static void
note(int now)
{
    int before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now))
        continue;
}

static void *
worker(void *arg)
{
    for (int i = 0; i < rounds; i++) {
        mutex_lock(&mutex);
        note(atomic_fetch_add(&inside, 1) + 1);
        int old = counter;
        lab_dawdle();
        counter = old + 1;
        atomic_fetch_sub(&inside, 1);
        mutex_unlock(&mutex);
    }
    return arg;
}

int
main(void)
{
    thread_t thread[MOST];
    lab_begin();
    rounds = 40 + (int)lab_random(40);
    lab_jostle(true);
    for (int i = 0; i < MOST; i++)
        thread_create(&thread[i], NULL, worker, NULL);
    for (int i = 0; i < MOST; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "counted %d, at most %d inside", counter, most);
    lab_say(0, "and it is free: %d", mutex_trylock(&mutex));
    lab_end();
}
