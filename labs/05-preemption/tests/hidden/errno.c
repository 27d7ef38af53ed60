/* SPDX-License-Identifier: MIT */
/* errno.c - a thread that was interrupted finds errno as it was, whatever the
 * handler has called and the others have set meanwhile. */
#include "ticks.h"

#include <errno.h>

enum { WORKERS = 4, STEPS = 15 };

static int done;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int i = 0; i < STEPS; i++) {
        uint64_t place = lab_random(3);
        errno = 1 + (int)lab_random(100);
        lab_say(lane, "sets errno to %d", errno);
        if (place == LAB_PROGRAM)
            lab_tick();
        else
            lab_visit(lane, (enum lab_place)place, true, NULL);
        int found = errno;
        thread_checkpoint(); /* where there are no breakpoints */
        lab_say(lane, "finds %d", found);
    }
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
