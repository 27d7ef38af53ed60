/* SPDX-License-Identifier: MIT */
/* waiting.c - whoever waits for a mutex or a semaphore is blocked, and has no
 * turn until it is given to him. */
#include "lab.h"
#include "sync.h"
#include "thread.h"

static struct mutex mutex;
static struct semaphore semaphore;
static struct cond cond;
static struct barrier barrier;

static void *
wait_somewhere(void *number)
{
    switch ((intptr_t)number) {
    case 1: mutex_lock(&mutex); break;
    case 2: semaphore_wait(&semaphore); break;
    default: barrier_wait(&barrier); break;
    }
    lab_say((int)(intptr_t)number, "goes on");
    if ((intptr_t)number == 1)
        mutex_unlock(&mutex);
    return NULL;
}

int
main(void)
{
    thread_t thread[4];
    uint64_t before[4] = {0};
    lab_begin();
    barrier_init(&barrier, 2);
    mutex_lock(&mutex);
    for (intptr_t i = 1; i <= 3; i++)
        thread_create(&thread[i], NULL, wait_somewhere, (void *)i);
    int rounds = 2 + (int)lab_random(4);
    for (int round = 0; round < rounds; round++) {
        thread_yield();
        for (int i = 1; i <= 3; i++) {
            struct thread_info info = {0};
            thread_info(thread[i], &info);
            lab_say(i, "%s %s, turns %d", thread_state_name(info.state),
                    thread_wait_name(info.wait),
                    round ? (int)(info.switches - before[i]) : 0);
            before[i] = info.switches;
        }
    }
    mutex_unlock(&mutex);
    semaphore_post(&semaphore);
    lab_say(0, "serial %d", barrier_wait(&barrier) == BARRIER_SERIAL);
    for (int i = 1; i <= 3; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "signal %d", cond_signal(&cond));
    lab_end();
}
