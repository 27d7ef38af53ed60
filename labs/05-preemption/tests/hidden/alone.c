/* SPDX-License-Identifier: MIT */
/* alone.c - the timer is off while nobody but the running thread is ready: a
 * tick that finds it so turns it off, and whoever becomes ready turns it on. */
#include "ticks.h"

enum { ROUNDS = 40 };

static int there;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (uint64_t i = lab_random(4); i > 0; i--) {
        lab_say(lane, "turn");
        lab_tick();
    }
    lab_say(lane, "ends");
    there--;
    return NULL;
}

static void
create(intptr_t number)
{
    struct thread_attr detached = {.detached = true};
    lab_say((int)number, "is new");
    thread_create(NULL, &detached, worker, (void *)number);
    there++;
}

static void
be_alone(void)
{
    switch (lab_random(4)) {
    case 0:
        lab_say(0, "tick");
        lab_tick();
        break;
    case 1: lab_visit(0, LAB_C_LIBRARY, true, NULL); break;
    case 2: lab_visit(0, LAB_OWN_LIBRARY, true, NULL); break;
    default: lab_say(0, "yields"); thread_yield();
    }
}

int
main(void)
{
    lab_say_timer(0);
    lab_begin_ticks(LAB_WITHOUT);
    for (int round = 0; round < ROUNDS; round++) {
        create(1);
        if (lab_random(2))
            create(2);
        while (there > 0)
            thread_yield();
        for (uint64_t i = 1 + lab_random(5); i > 0; i--)
            be_alone();
    }
    lab_end();
}
