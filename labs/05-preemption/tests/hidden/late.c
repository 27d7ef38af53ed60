/* SPDX-License-Identifier: MIT */
/* late.c - a tick belongs to the turn in which it came. A thread that has given
 * up the CPU since does not lose it a second time. */
#include "ticks.h"

enum { WORKERS = 2, STEPS = 40 };

static int done;

static void
step(int lane)
{
    uint64_t kind = lab_random(6);
    if (kind > 1) {
        lab_say(lane, "yields");
        thread_yield();
    } else {
        lab_say(lane, kind ? "tick, then yields" : "tick");
        lab_visit(lane, LAB_C_LIBRARY, true, kind ? thread_yield : NULL);
    }
    thread_checkpoint();
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
    lab_begin_ticks(LAB_EITHER);
    for (intptr_t i = 1; i <= WORKERS; i++)
        thread_create(NULL, NULL, worker, (void *)i);
    while (done < WORKERS)
        thread_yield();
    lab_end();
}
