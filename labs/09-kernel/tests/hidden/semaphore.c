/* SPDX-License-Identifier: MIT */
/* semaphore.c - a semaphore lets in as many as its value, and loses none. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdatomic.h>

enum { THREADS = 6, ROUNDS = 30 };

static struct semaphore semaphore, gate;
static atomic_int inside, most, through;

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
    for (int i = 0; i < ROUNDS; i++) {
        semaphore_wait(&semaphore);
        note(atomic_fetch_add(&inside, 1) + 1);
        lab_dawdle();
        atomic_fetch_sub(&inside, 1);
        through++;
        semaphore_post(&semaphore);
    }
    return arg;
}

static void *
wait_at_gate(void *arg)
{
    semaphore_wait(&gate);
    return arg;
}

static bool
all_wait(void *threads)
{
    thread_t *thread = threads;
    struct thread_info info;
    for (int i = 0; i < THREADS; i++)
        if (thread_info(thread[i], &info) != 0 ||
            info.wait != THREAD_WAIT_SEMAPHORE)
            return false;
    return true;
}

/* As many posts as waiters: all of them go, and nothing is left. */
static void
all_at_once(void)
{
    thread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, wait_at_gate, NULL);
    bool blocked = lab_await(all_wait, thread);
    lab_say(0, "%s, value %u, destroy %s",
            blocked ? "all wait" : "they do not say that they wait",
            semaphore_value(&gate),
            semaphore_destroy(&gate) == EBUSY ? "EBUSY" : "done");
    for (int i = 0; i < THREADS; i++)
        semaphore_post(&gate);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "value %u", semaphore_value(&gate));
}

int
main(void)
{
    thread_t thread[THREADS];
    lab_begin();
    unsigned value = 1 + (unsigned)lab_random(3);
    semaphore_init(&semaphore, value);
    lab_jostle(true);
    for (int i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, NULL);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "%d went through, %s", through,
            most <= (int)value ? "never too many" : "too many at once");
    lab_say(0, "left %u", semaphore_value(&semaphore) - value);
    all_at_once();
    semaphore_init(&semaphore, SEMAPHORE_MAX);
    lab_say(0, "one too many: %s",
            semaphore_post(&semaphore) == EOVERFLOW ? "EOVERFLOW" : "taken");
    lab_end();
}
