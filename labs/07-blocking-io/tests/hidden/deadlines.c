/* SPDX-License-Identifier: MIT */
/* deadlines.c - a wait that ends too late, or is cancelled, has taken nothing:
 * what comes later goes to the next, and no memory is written to any more. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <string.h>

enum { READERS = 4 };

static int ends[2];
static char byte[READERS + 1];
static unsigned span[READERS + 1]; /* ms */

/* A reader with a deadline of its own. */
static void *
reader(void *number)
{
    int lane = (int)(intptr_t)number;
    unsigned before = outside_us();
    uint64_t deadline = thread_now() + (uint64_t)span[lane] * OUTSIDE_MS;
    ssize_t n = thread_read_until(ends[0], &byte[lane], 1, deadline);
    lab_say(lane, "read %zd: %s after %u ms", n,
            n < 0 ? strerrorname_np(errno) : "a byte",
            (outside_us() - before) / 1000);
    return NULL;
}

/* The second comes too late, the others have theirs. */
static void
too_late(void)
{
    thread_t thread[READERS + 1];
    memset(byte, '.', sizeof byte);
    for (intptr_t i = 1; i <= READERS; i++) {
        span[i] = i == 2 ? 2 + (unsigned)lab_random(5) : 100;
        thread_create(&thread[i], NULL, reader, (void *)i);
    }
    for (unsigned i = 0; i < READERS - 1; i++)
        outside_later((10 + i) * OUTSIDE_MS, outside_give, ends[1]);
    for (int i = 1; i <= READERS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "in memory: %.4s", byte + 1);
}

/* The only one is too late; then a byte comes. */
static void
nobody_there(void)
{
    thread_t thread;
    char next = '-';
    byte[1] = '.';
    span[1] = 3 + (unsigned)lab_random(4);
    thread_create(&thread, NULL, reader, (void *)1);
    outside_later(12 * OUTSIDE_MS, outside_give, ends[1]);
    thread_join(thread, NULL);
    thread_sleep(20 * OUTSIDE_MS);
    ssize_t n = thread_read(ends[0], &next, 1);
    lab_say(0, "then read %zd: %c, in memory: %c", n, next, byte[1]);
}

static void
cancelled(void)
{
    thread_t thread;
    void *result = NULL;
    char next = '-';
    byte[1] = '.';
    span[1] = 100;
    thread_create(&thread, NULL, reader, (void *)1);
    thread_sleep(2 * OUTSIDE_MS);
    thread_cancel(thread);
    thread_join(thread, &result);
    outside_later(2 * OUTSIDE_MS, outside_give, ends[1]);
    ssize_t n = thread_read(ends[0], &next, 1);
    lab_say(0, "cancelled %d, then read %zd: %c, in memory: %c",
            result == THREAD_CANCELED, n, next, byte[1]);
}

int
main(void)
{
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0)
        return 1;
    int rounds = 1 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        too_late();
        nobody_there();
        cancelled();
    }
    lab_end();
}
