/* SPDX-License-Identifier: MIT */
/* no-memory.c - a thread that cannot be made is refused with ENOMEM, leaves
 * nothing behind, and the next one can be made. */
#include "lab.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static void *
worker(void *arg)
{
    return arg;
}

/* Create one, join it if it was made, and say what came of it. */
static void
try(const char *what)
{
    size_t before = lab_stacks().live;
    thread_t thread;
    void *result = NULL;
    int error = thread_create(&thread, NULL, worker, &thread);
    if (!error)
        thread_join(thread, &result);
    lab_say(0, "%s: %s, stacks %d, threads %zu", what,
            error ? strerrorname_np(error) : "0",
            (int)(lab_stacks().live - before), thread_list(NULL, 0));
}

int
main(void)
{
    lab_begin();
    thread_self();
    int rounds = 2 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        lab_refuse_stacks(1);
        try("no stack");
        lab_refuse_timers(1);
        try("no timer");
        try("all there");
    }
    lab_end();
}
