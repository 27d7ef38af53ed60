/* SPDX-License-Identifier: MIT */
/* boost.c - newcomers without end hold the highest level. Whoever has sunk gets
 * a turn when a boost comes; and who was blocked then, when he is woken. */
#include "sync.h"
#include "turns.h"

enum { COMPUTER = 1, SLEEPER = 2, NEIGHBOUR = 3 };

static struct semaphore alarm, start;
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
sink(int turns)
{
    for (int i = 0; i < turns; i++)
        thread_yield();
}

/* Has not sunk as deep as the others, so it comes before them in a boost. */
static void *
neighbour(void *unused)
{
    sink(7);
    semaphore_wait(&start);
    for (;;) {
        lab_say(NEIGHBOUR, "turn after %d newcomers", newcomers);
        thread_yield();
    }
    return unused;
}

static void *
sleeper(void *unused)
{
    sink(sinks);
    for (;;) {
        semaphore_wait(&alarm);
        lab_say(SLEEPER, "turn after %d newcomers", newcomers);
    }
    return unused;
}

static void *
computer(void *unused)
{
    sink(sinks);
    semaphore_post(&start);
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
    thread_detach(lab_create(0, neighbour, NULL));
    computing = lab_create(0, computer, NULL);
    thread_join(computing, NULL);
    lab_end();
}
