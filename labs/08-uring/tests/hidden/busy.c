/* SPDX-License-Identifier: MIT */
/* busy.c - one thread never blocks, and only yields: what others have begun is
 * handed over all the same, and what is complete is noticed. */
#include "enters.h"
#include "io.h"
#include "later.h"

static int ends[2];
static int done;

static void *
reader(void *arg)
{
    char byte = '-';
    for (int i = 0; i < 5; i++) {
        ssize_t n = thread_read(ends[0], &byte, 1);
        lab_say(1, "read %zd", n);
        done++;
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
    thread_create(&thread, NULL, reader, NULL);
    uint64_t patience = thread_now() + 8000 * (uint64_t)MS;
    for (int i = 0; i < 5; i++) {
        thread_yield(); /* it waits */
        give(ends[1]);
        while (done == i && thread_now() < patience)
            thread_yield();
        lab_say(0, "done %d", done);
    }
    thread_join(thread, NULL);
    lab_end();
}
