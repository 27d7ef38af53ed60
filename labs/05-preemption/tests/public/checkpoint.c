/* SPDX-License-Identifier: MIT */
/* checkpoint.c - where there are no breakpoints, a tick that came in a library
 * waits for a thread_checkpoint, and is served there once. */
#include "ticks.h"

enum { WORKERS = 2, STEPS = 70 };

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
        for (int i = 0; i < 2; i++) {
            lab_say(lane, "checkpoint");
            thread_checkpoint();
        }
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
    lab_begin_ticks(LAB_WITHOUT);
    for (intptr_t i = 1; i <= WORKERS; i++)
        thread_create(NULL, NULL, worker, (void *)i);
    while (done < WORKERS)
        thread_yield();
    lab_end();
}
