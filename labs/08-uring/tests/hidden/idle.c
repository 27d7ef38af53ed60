/* SPDX-License-Identifier: MIT */
/* idle.c - while all wait, for bytes and for time to pass, the process sleeps in
 * io_uring_enter: once for each thing that happens, or a few times. */
#include "enters.h"
#include "io.h"
#include "later.h"

enum { READERS = 6, BYTES = 30, SLEEPS = 10 };

static int ends[READERS][2], given[READERS];

static void *
reader(void *number)
{
    int own = (int)(intptr_t)number, got = 0;
    char byte;
    while (got < given[own] && thread_read(ends[own][0], &byte, 1) == 1)
        got++;
    lab_say(own + 1, "has %d of %d", got, given[own]);
    return NULL;
}

static void *
sleeper(void *arg)
{
    for (int i = 0; i < SLEEPS; i++)
        thread_sleep(7 * MS);
    return arg;
}

int
main(void)
{
    thread_t thread[READERS + 1];
    int to[BYTES];
    lab_begin();
    enters_begin();
    for (int i = 0; i < READERS; i++)
        if (pipe(ends[i]) != 0)
            return 1;
    for (int i = 0; i < BYTES; i++)
        given[to[i] = (int)lab_random(READERS)]++;
    for (intptr_t i = 0; i < READERS; i++)
        thread_create(&thread[i], NULL, reader, (void *)i);
    thread_create(&thread[READERS], NULL, sleeper, NULL);
    thread_sleep(MS);
    enters_since();
    for (int i = 0; i < BYTES; i++) {
        thread_sleep(5 * MS);
        give(ends[to[i]][1]);
    }
    for (int i = 0; i <= READERS; i++)
        thread_join(thread[i], NULL);
    struct enters e = enters_since();
    lab_say(0, "calls %u", e.calls);
    lab_end();
}
