/* SPDX-License-Identifier: MIT */
/* sleepers.c - threads sleep, and wake in the order of their deadlines: not too
 * early, not too late, whatever signals come meanwhile. */
#include "outside.h"
#include "thread.h"

enum { SLEEPERS = 12, LONGEST = 40 };

static unsigned wanted[SLEEPERS + 1]; /* ms */

static void *
sleeper(void *number)
{
    int lane = (int)(intptr_t)number;
    unsigned before = outside_us();
    lab_say(lane, "sleeps for %u", wanted[lane] * 1000);
    if (lane % 2)
        thread_sleep((uint64_t)wanted[lane] * OUTSIDE_MS);
    else
        thread_sleep_until(thread_now() + (uint64_t)wanted[lane] * OUTSIDE_MS);
    lab_say(lane, "has slept for %u", outside_us() - before);
    return NULL;
}

int
main(void)
{
    thread_t thread[SLEEPERS + 1];
    lab_begin();
    outside_begin();
    for (intptr_t i = 1; i <= SLEEPERS; i++) {
        wanted[i] = 1 + (unsigned)lab_random(LONGEST);
        thread_create(&thread[i], NULL, sleeper, (void *)i);
    }
    for (int i = 0; i < 3; i++)
        outside_later(lab_random(LONGEST * OUTSIDE_MS), NULL, 0);
    unsigned before = outside_us();
    thread_sleep_until(1); /* long ago */
    lab_say(0, "a deadline long ago: %s",
            outside_us() - before < 1000 ? "no time" : "some time");
    for (int i = 1; i <= SLEEPERS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
