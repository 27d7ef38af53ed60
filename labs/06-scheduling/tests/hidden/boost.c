/* SPDX-License-Identifier: MIT */
/* boost.c - newcomers without end hold the highest level. Whoever has sunk gets
 * a turn when a boost comes; and who was blocked then, when he is woken. */
#include "sync.h"
#include "turns.h"

enum { COMPUTER = 1, SLEEPER = 2 };

static struct semaphore alarm;
static thread_t computing;
static int newcomers, sinks;

/* Lives for two turns, which is less than a thread may have at the top. */
static void *
newcomer(void *unused)
{
    newcomers++;
    thread_yield();
    thread_detach(lab_create(0, newcomer, NULL));
    return unused;
}

static void
sink(void)
{
    for (int i = 0; i < sinks; i++)
        thread_yield();
}

static void *
sleeper(void *unused)
{
    sink();
    for (;;) {
        semaphore_wait(&alarm);
        lab_say(SLEEPER, "turn after %d newcomers", newcomers);
    }
    return unused;
}

static void *
computer(void *unused)
{
    sink();
    thread_detach(lab_create(0, newcomer, NULL));
    for (int i = 0; i < 8; i++) {
        lab_say(COMPUTER, "turn after %d newcomers", newcomers);
        if (i > 0) /* by now there has been a boost */
            semaphore_post(&alarm);
        thread_yield();
    }
    return unused;
}

int
main(void)
{
    lab_begin_with("mlfq");
    sinks = 20 + (int)lab_random(60);
    thread_detach(lab_create(0, sleeper, NULL));
    computing = lab_create(0, computer, NULL);
    thread_join(computing, NULL);
    lab_end();
}
