/* SPDX-License-Identifier: MIT */
/* detached-memory.c - a hundred thousand threads that nobody joins: memory is
 * given back at their end, and not while they stand on it. */
#include "lab.h"
#include "thread.h"

enum { ALL = 100000, MOST = 40, REPORTS = 10 };

static int ended;

static void *
worker(void *arg)
{
    ended++;
    return arg;
}

static void
say_stacks(void)
{
    struct lab_stacks s = lab_stacks();
    lab_say(0, "ended %d, stacks %zu%s%s", ended, s.live,
            s.in_use ? " freed-in-use" : "", s.twice ? " freed-twice" : "");
}

int
main(void)
{
    struct thread_attr detached = {.detached = true};
    lab_begin();
    for (int made = 0, said = 0; made < ALL;) {
        int batch = 1 + (int)lab_random(MOST);
        for (int i = 0; i < batch; i++)
            if (thread_create(NULL, &detached, worker, NULL) != 0) {
                lab_say(0, "refused");
                lab_end();
            }
        made += batch;
        thread_yield();
        for (; said < made / (ALL / REPORTS); said++)
            say_stacks();
    }
    lab_end();
}
