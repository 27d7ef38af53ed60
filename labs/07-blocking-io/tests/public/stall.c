/* SPDX-License-Identifier: MIT */
/* stall.c - while one thread waits for a byte from outside, another runs: it
 * sleeps for a millisecond, says "tick", and again. */
#include "io.h"
#include "outside.h"
#include "thread.h"

static bool over;

static void *
ticker(void *arg)
{
    while (!over) {
        thread_sleep(OUTSIDE_MS);
        lab_say(1, "tick");
    }
    return arg;
}

int
main(void)
{
    thread_t thread;
    int ends[2];
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0)
        return 1;
    thread_create(&thread, NULL, ticker, NULL);
    int rounds = 2 + (int)lab_random(3);
    for (int i = 0; i < rounds; i++) {
        unsigned ms = 3 + (unsigned)lab_random(20);
        char byte = '-';
        outside_later(ms * OUTSIDE_MS + OUTSIDE_MS / 2, outside_give, ends[1]);
        lab_say(0, "waits for a byte that comes in %u ms", ms);
        ssize_t n = thread_read(ends[0], &byte, 1);
        lab_say(0, "read %zd: %c", n, byte);
    }
    over = true;
    thread_join(thread, NULL);
    lab_end();
}
