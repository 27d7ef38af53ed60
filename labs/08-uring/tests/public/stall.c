/* SPDX-License-Identifier: MIT */
/* stall.c - while one thread waits for a byte, another sleeps, says "tick", and
 * sleeps again; after so many ticks it gives the byte. */
#include "enters.h"
#include "io.h"
#include "later.h"

static int ends[2], ticks;
static bool asked;

static void *
ticker(void *arg)
{
    while (ticks >= 0) {
        thread_sleep(MS / 2);
        if (!asked)
            continue;
        lab_say(1, "tick");
        if (--ticks == 0) {
            asked = false;
            lab_say(1, "gives");
            give(ends[1]);
        }
    }
    return arg;
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    enters_begin();
    if (pipe(ends) != 0)
        return 1;
    thread_create(&thread, NULL, ticker, NULL);
    int rounds = 2 + (int)lab_random(3);
    for (int i = 0; i < rounds; i++) {
        char byte = '-';
        ticks = 2 + (int)lab_random(10);
        lab_say(0, "waits for %d ticks", ticks);
        asked = true;
        ssize_t n = thread_read(ends[0], &byte, 1);
        lab_say(0, "read %zd: %c", n, byte);
    }
    ticks = -1;
    thread_join(thread, NULL);
    lab_end();
}
