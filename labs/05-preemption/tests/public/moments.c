/* SPDX-License-Identifier: MIT */
/* moments.c - a tick in the program's own code is served at once; one in a
 * library when the thread has come back from it, and not before. */
#include "ticks.h"

enum { WORKERS = 3, STEPS = 12 };

static int done;

static void
step(int lane)
{
    switch (lab_random(5)) {
    case 0:
        lab_say(lane, "computes, tick");
        lab_tick();
        break;
    case 1:
        lab_say(lane, "calls the C library, tick");
        lab_visit(lane, LAB_C_LIBRARY, true, NULL);
        break;
    case 2:
        lab_say(lane, "calls your library, tick");
        lab_visit(lane, LAB_OWN_LIBRARY, true, NULL);
        break;
    case 3:
        lab_say(lane, "calls the C library");
        lab_visit(lane, LAB_C_LIBRARY, false, NULL);
        break;
    default: lab_say(lane, "yields"); thread_yield();
    }
    lab_say(lane, "goes on");
}

static void *
worker(void *number)
{
    for (int i = 0; i < STEPS; i++)
        step((int)(intptr_t)number);
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
    lab_say(0, "breakpoints reached: %d", lab_ways_out());
    lab_end();
}
