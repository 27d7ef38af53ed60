/* SPDX-License-Identifier: MIT */
/* deadlines.c - who gives up, is cancelled, or waits for what is closed, has
 * taken nothing, and the kernel writes into his memory no more. */
#include "enters.h"
#include "io.h"
#include "later.h"

#include <errno.h>
#include <string.h>

enum { READERS = 4 };

static int ends[2];
static char byte[READERS + 1];
static uint64_t deadline[READERS + 1];

static void *
reader(void *number)
{
    int lane = (int)(intptr_t)number;
    ssize_t n = thread_read_until(ends[0], &byte[lane], 1, deadline[lane]);
    if (n < 0)
        lab_say(lane, "read %zd: %s%s", n, strerrorname_np(errno),
                errno == ETIMEDOUT && thread_now() < deadline[lane]
                    ? ", too early"
                    : "");
    else
        lab_say(lane, "read %zd: a byte", n);
    return NULL;
}

static thread_t
start(intptr_t lane, unsigned ms)
{
    thread_t thread;
    byte[lane] = '.';
    deadline[lane] = ms ? thread_now() + ms * MS : THREAD_FOREVER;
    thread_create(&thread, NULL, reader, (void *)lane);
    return thread;
}

/* The second gives up; three bytes come, for the others. */
static void
too_late(void)
{
    thread_t thread[READERS + 1];
    int filled = 0;
    for (int i = 1; i <= READERS; i++)
        thread[i] = start(i, i == 2 ? 2 : 0);
    thread_join(thread[2], NULL);
    for (int i = 1; i < READERS; i++)
        give(ends[1]);
    for (int i = 1; i <= READERS; i++)
        if (i != 2)
            thread_join(thread[i], NULL);
    for (int i = 1; i <= READERS; i++)
        filled += byte[i] != '.';
    lab_say(0, "filled %d, the second's memory: %c", filled, byte[2]);
}

/* The only one has gone, for whatever reason; then a byte comes. */
static void
nobody_there(const char *what, bool cancel)
{
    thread_t thread = start(1, cancel ? 0 : 2);
    char next = '-';
    void *result = NULL;
    thread_sleep(MS);
    if (cancel)
        thread_cancel(thread);
    thread_join(thread, &result);
    give(ends[1]);
    thread_sleep(MS);
    ssize_t n = thread_read(ends[0], &next, 1);
    lab_say(0, "%s: cancelled %d, then read %zd: %s, in memory: %c", what,
            result == THREAD_CANCELED, n, next == '-' ? "nothing" : "a byte",
            byte[1]);
}

static void
closed(void)
{
    int spare = dup(ends[0]);
    thread_t thread = start(1, 0);
    thread_sleep(MS);
    lab_say(0, "close %d", thread_close(ends[0]));
    thread_join(thread, NULL);
    ends[0] = spare;
    nobody_there("closed", false);
}

int
main(void)
{
    lab_begin();
    enters_begin();
    if (pipe(ends) != 0)
        return 1;
    int rounds = 1 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        too_late();
        nobody_there("late", false);
        nobody_there("cancelled", true);
        closed();
    }
    lab_end();
}
