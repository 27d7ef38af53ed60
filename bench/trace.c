/* SPDX-License-Identifier: MIT */
/*
 * trace.c - what one event costs: recorded, and not recorded.
 *
 * The recording is a mapped file, as in any program that is traced. It is a
 * ring, and filled many times over: the pages are there, as they are in a
 * program that runs for long.
 */
#include "rounds.h"
#include "sched.h"
#include "thread.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EVENTS 200000

static double
events(bool on)
{
    bool was_on = trace_on;
    trace_on = on;
    uint64_t begin = thread_now();
    for (int i = 0; i < EVENTS; i++) {
        __asm__ volatile("" ::: "memory"); /* look at trace_on every time */
        trace_emit(&the_sched.trace, TRACE_YIELD, 1, 0);
    }
    double ns = (double)(thread_now() - begin) / EVENTS;
    trace_on = was_on;
    return ns;
}

static double
event_off(void)
{
    return events(false);
}

static double
event_on(void)
{
    return events(true);
}

/* What there is no way round: reading the counter. */
static double
counter(void)
{
    uint64_t begin = thread_now();
    for (int i = 0; i < EVENTS; i++)
        __asm__ volatile("" ::"r"(clock_ticks()));
    return (double)(thread_now() - begin) / EVENTS;
}

enum { OFF, ON, COUNTER, COUNT };

int
main(int argc, char **argv)
{
    static struct work works[COUNT] = {
        [OFF] = {.name = "trace off, an event",
                 .measure = event_off,
                 .note = "one branch"},
        [ON] = {.name = "trace on, an event",
                .measure = event_on,
                .note = "16 bytes into the ring"},
        [COUNTER] = {.name = "the clock's ticks, a look",
                     .measure = counter,
                     .note = "part of every event"},
    };
    static const struct claim claims[] = {
        {"an event / a look at the clock's ticks", ON, COUNTER, 0},
    };
    char path[] = "/tmp/threadbare-bench.XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) {
        perror("trace: no place for a recording");
        return 1;
    }
    close(fd);
    setenv("THREADS_TRACE", path, 1);
    setenv("THREADS_TRACE_MB", "1", 1);
    thread_self(); /* the library starts, and the recording with it */
    unlink(path);
    return rounds_main(argc, argv, "trace", works, COUNT, claims, 1);
}
