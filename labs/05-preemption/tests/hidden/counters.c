/* SPDX-License-Identifier: MIT */
/* counters.c - what thread_preemption says of ticks that came, were served, and
 * were put off, after each of them. */
#include "ticks.h"

enum { WORKERS = 3, STEPS = 12 };

static int done;

static void
say_counters(int lane)
{
    struct thread_preemption p;
    thread_preemption(&p);
    lab_say(lane, "ticks %d, served %d, deferred %d", (int)p.ticks,
            (int)p.served, (int)p.deferred);
}

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < STEPS; i++) {
        uint64_t place = lab_random(3);
        if (place == LAB_PROGRAM)
            lab_tick();
        else
            lab_visit(lane, (enum lab_place)place, lab_random(4) > 0, NULL);
        thread_checkpoint();
        say_counters(lane);
    }
    done++;
    return NULL;
}

int
main(void)
{
    lab_begin_ticks(LAB_WITH);
    for (intptr_t i = 1; i <= WORKERS; i++)
        thread_create(NULL, NULL, worker, (void *)i);
    while (done < WORKERS)
        thread_yield();
    lab_end();
}
