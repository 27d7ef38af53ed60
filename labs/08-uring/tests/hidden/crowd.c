/* SPDX-License-Identifier: MIT */
/* crowd.c - far more operations than the rings have places for, begun at once
 * and completed at once. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 400 };

static int ends[2];

static void *
reader(void *number)
{
    unsigned char byte = 0;
    ssize_t n = thread_read(ends[0], &byte, 1);
    lab_say((int)(intptr_t)number, "read %zd: %u", n, byte);
    return NULL;
}

int
main(void)
{
    static thread_t thread[MOST + 1];
    unsigned char bytes[MOST];
    lab_begin();
    enters_begin();
    setenv("UTHREADS_RING", "8", 1);
    if (pipe(ends) != 0)
        return 1;
    int rounds = 1 + (int)lab_random(3);
    for (int round = 0; round < rounds; round++) {
        size_t count = 100 + lab_random(MOST - 100);
        lab_say(0, "readers %zu", count);
        for (size_t i = 1; i <= count; i++)
            thread_create(&thread[i], NULL, reader, (void *)i);
        thread_sleep(1000000);
        for (size_t i = 0; i < count; i++)
            bytes[i] = (unsigned char)i;
        if (write(ends[1], bytes, count) != (ssize_t)count)
            return 1;
        for (size_t i = 1; i <= count; i++)
            thread_join(thread[i], NULL);
    }
    lab_end();
}
