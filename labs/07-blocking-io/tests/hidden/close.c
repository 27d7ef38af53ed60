/* SPDX-License-Identifier: MIT */
/* close.c - a descriptor is closed while threads wait for it; and its number
 * then stands for another file. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <string.h>

static int ends[2];

static void *
reader(void *number)
{
    char byte = '-';
    ssize_t n = thread_read(ends[0], &byte, 1);
    lab_say((int)(intptr_t)number, "read %zd: %s", n,
            n < 0 ? strerrorname_np(errno) : "a byte");
    return NULL;
}

/* A new pipe, whose reading end has the number of the one before. */
static void
another(void)
{
    int before = ends[0];
    if (pipe(ends) != 0)
        lab_say(0, "no pipe");
    lab_say(0, "the number is %s", ends[0] == before ? "the same" : "another");
}

/* Wait for a byte that comes later. */
static void
read_later(void)
{
    char byte = '-';
    outside_later(2 * OUTSIDE_MS, outside_give, ends[1]);
    ssize_t n = thread_read(ends[0], &byte, 1);
    lab_say(0, "read %zd: %c", n, byte);
}

int
main(void)
{
    thread_t thread[5];
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0)
        return 1;
    read_later();
    int rounds = 2 + (int)lab_random(5);
    for (int round = 0; round < rounds; round++) {
        int count = 1 + (int)lab_random(4), writing = ends[1];
        for (intptr_t i = 1; i <= count; i++)
            thread_create(&thread[i], NULL, reader, (void *)i);
        thread_yield();
        lab_say(0, "close %d", thread_close(ends[0]));
        for (int i = 1; i <= count; i++)
            thread_join(thread[i], NULL);
        another();
        close(writing);
        read_later();

        close(ends[0]); /* the library does not see it */
        writing = ends[1];
        another();
        close(writing);
        read_later();
    }
    lab_end();
}
