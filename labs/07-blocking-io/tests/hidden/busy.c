/* SPDX-License-Identifier: MIT */
/* busy.c - one thread computes without an end, and only yields; who waits for
 * a byte or for a moment is heard of all the same. */
#include "io.h"
#include "outside.h"
#include "thread.h"

static int ends[2];
static bool over;

static void *
computer(void *arg)
{
    for (int i = 0; !over && i < 5000; i++) {
        outside_compute(20000);
        thread_yield();
    }
    return arg;
}

static void *
reader(void *arg)
{
    char byte;
    unsigned before = outside_us();
    for (int i = 0; i < 5; i++) {
        unsigned ms = 2 + (unsigned)lab_random(5);
        outside_later(ms * OUTSIDE_MS, outside_give, ends[1]);
        before = outside_us();
        ssize_t n = thread_read(ends[0], &byte, 1);
        lab_say(1, "asked for %u us, read %zd after %u", ms * 1000, n,
                outside_us() - before);
    }
    return arg;
}

static void *
sleeper(void *arg)
{
    for (unsigned i = 3; i < 8; i++) {
        unsigned before = outside_us();
        thread_sleep(i * OUTSIDE_MS);
        lab_say(2, "asked for %u us, slept for %u", i * 1000,
                outside_us() - before);
    }
    return arg;
}

int
main(void)
{
    thread_t thread[3];
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0)
        return 1;
    thread_create(&thread[0], NULL, computer, NULL);
    thread_create(&thread[1], NULL, reader, NULL);
    thread_create(&thread[2], NULL, sleeper, NULL);
    thread_join(thread[1], NULL);
    thread_join(thread[2], NULL);
    over = true;
    thread_join(thread[0], NULL);
    lab_end();
}
