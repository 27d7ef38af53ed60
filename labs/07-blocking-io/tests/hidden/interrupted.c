/* SPDX-License-Identifier: MIT */
/* interrupted.c - signals interrupt what is being read, written and waited
 * for, and nobody is the worse for it. */
#include "io.h"
#include "outside.h"
#include "thread.h"

static int ends[2], other[2];

static void
transfers(void)
{
    char byte = 'x';
    unsigned times = 1 + (unsigned)lab_random(5);
    outside.interrupts = times;
    ssize_t n = thread_write(ends[1], "q", 1);
    lab_say(0, "write %zd, %u to come", n, outside.interrupts);
    outside.interrupts = times;
    n = thread_read(ends[0], &byte, 1);
    lab_say(0, "read %zd: %c, %u to come", n, byte, outside.interrupts);
}

/* Signals now and then, and in the end a byte. */
static void
waits(void)
{
    char byte = '-';
    unsigned ms = 4 + (unsigned)lab_random(8), before = outside_us();
    for (unsigned i = 1; i < ms; i += 2)
        outside_later(i * OUTSIDE_MS, NULL, 0);
    outside_later(ms * OUTSIDE_MS, outside_give, ends[1]);
    ssize_t n = thread_read(ends[0], &byte, 1);
    lab_say(0, "read %zd: %c after %u ms", n, byte,
            (outside_us() - before) / 1000);
}

/* The same while the process also waits for a descriptor, or does not. */
static void
sleeps(int lane)
{
    unsigned ms = 4 + (unsigned)lab_random(8), before = outside_us();
    for (unsigned i = 1; i < ms; i += 2)
        outside_later(i * OUTSIDE_MS, NULL, 0);
    thread_sleep(ms * OUTSIDE_MS);
    lab_say(lane, "slept for %u ms", (outside_us() - before) / 1000);
}

static void *
patient(void *arg)
{
    char byte;
    lab_say(1, "read %zd", thread_read(other[0], &byte, 1));
    return arg;
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0 || pipe(other) != 0)
        return 1;
    int rounds = 2 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        transfers();
        waits();
        sleeps(0);
    }
    thread_create(&thread, NULL, patient, NULL);
    sleeps(0);
    outside_give(other[1]);
    thread_join(thread, NULL);
    lab_end();
}
