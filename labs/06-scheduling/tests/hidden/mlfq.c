/* SPDX-License-Identifier: MIT */
/* mlfq.c - some compute, and rest now and then; some sleep until they are
 * woken; for as long as some boosts take. */
#include "sync.h"
#include "turns.h"

enum { COMPUTERS = 3, SLEEPERS = 3, TURNS = 1000 };

static struct semaphore alarm[COMPUTERS + SLEEPERS + 1];
static int awake = COMPUTERS; /* of those that compute */

static void
wake_somebody(void)
{
    semaphore_post(&alarm[1 + lab_random(COMPUTERS + SLEEPERS)]);
}

/* But not if all the others do. */
static void
rest(int lane)
{
    if (awake == 1)
        return;
    awake--;
    semaphore_wait(&alarm[lane]);
    awake++;
}

static void *
computer(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < TURNS; i++) {
        lab_say(lane, "turn");
        if (lab_random(8) == 0)
            wake_somebody();
        if (lab_random(16) == 0)
            rest(lane);
        thread_yield();
    }
    awake--;
    for (int i = 1; i <= COMPUTERS; i++)
        semaphore_post(&alarm[i]);
    return NULL;
}

static void *
sleeper(void *number)
{
    int lane = (int)(intptr_t)number;
    for (;;) {
        semaphore_wait(&alarm[lane]);
        lab_say(lane, "woken");
        for (uint64_t i = lab_random(4); i > 0; i--) {
            thread_yield();
            lab_say(lane, "turn");
        }
    }
    return NULL;
}

int
main(void)
{
    thread_t thread[COMPUTERS + SLEEPERS + 1];
    lab_begin_with("mlfq");
    for (intptr_t i = 1; i <= COMPUTERS + SLEEPERS; i++)
        thread[i] =
            lab_create(0, i <= COMPUTERS ? computer : sleeper, (void *)i);
    for (int i = 1; i <= COMPUTERS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
