/* SPDX-License-Identifier: MIT */
/* batch.c - many threads begin to read, and only then nobody is ready: all
 * their operations are handed over together, and are completed together. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "sched.h"

#include <string.h>
#include <unistd.h>

enum { MOST = 200 };

static int ends[2];
static int got;

static void *
reader(void *arg)
{
    char byte;
    got += thread_read(ends[0], &byte, 1) == 1;
    return arg;
}

static void
say(const char *what, int count)
{
    struct enters e = enters_since();
    lab_say(0, "%s %d: handed over %u, calls %u", what, count, e.submitted,
            e.calls);
}

int
main(void)
{
    thread_t thread[MOST];
    char bytes[MOST];
    lab_begin();
    enters_begin();
    if (pipe(ends) != 0)
        return 1;
    thread_self();
    size_t count = 60 + lab_random(MOST - 60);
    /* The scheduler does not look around while threads run. */
    the_sched.next_poll = UINT64_MAX / 2;
    enters_since();
    for (size_t i = 0; i < count; i++)
        thread_create(&thread[i], NULL, reader, NULL);
    thread_yield(); /* all begin */
    say("begun", (int)count);
    thread_sleep(1000000); /* nobody is ready */
    say("waiting", (int)count);
    memset(bytes, '!', sizeof bytes);
    if (write(ends[1], bytes, count) != (ssize_t)count)
        return 1;
    for (size_t i = 0; i < count; i++)
        thread_join(thread[i], NULL);
    say("done", got);
    lab_end();
}
