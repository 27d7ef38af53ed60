/* SPDX-License-Identifier: MIT */
/* donation.c - threads of any priorities lock some mutexes in ascending order,
 * and unlock them in the same: who runs when, and with what priority? */
#include "sync.h"
#include "turns.h"

enum { THREADS = 6, MUTEXES = 4, ROUNDS = 3, SCENARIOS = 10 };

static struct mutex mutex[MUTEXES];

static void
say(int lane, const char *words, int number)
{
    lab_say(lane, "%s %d, priority %d", words, number,
            lab_priority(thread_self()));
}

static void
perhaps_yield(void)
{
    if (lab_random(2))
        thread_yield();
}

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t wanted = lab_random(1 << MUTEXES);
        for (int i = 0; i < MUTEXES; i++)
            if (wanted >> i & 1) {
                mutex_lock(&mutex[i]);
                say(lane, "has", i);
                perhaps_yield();
            }
        for (int i = 0; i < MUTEXES; i++)
            if (wanted >> i & 1) {
                mutex_unlock(&mutex[i]);
                say(lane, "leaves", i);
                perhaps_yield();
            }
        thread_yield();
    }
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[THREADS];
    for (intptr_t i = 0; i < THREADS; i++) {
        int priority = 1 + (int)lab_random(10);
        thread[i] = lab_create(priority, worker, (void *)(i + 1));
    }
    for (intptr_t i = 0; i < THREADS; i++) {
        thread_yield();
        thread_set_priority(thread[i], 1 + (int)lab_random(10));
    }
    for (int i = 0; i < THREADS; i++)
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
