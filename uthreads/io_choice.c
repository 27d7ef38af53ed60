/* SPDX-License-Identifier: MIT */
/*
 * io_choice.c - which engine.
 *
 * The best that this kernel and its limits allow: io_uring, or else epoll, or
 * else the one that stalls. Each is asked to open, and says at which step it
 * was refused; a fallback is told once on standard error, and in thread_model,
 * so that nobody takes its numbers for those of the real thing.
 */
#include "io_engine.h"
#include "panic.h"
#include "sched.h"
#include "setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Helper kernel threads at most, unless UTHREADS_HELPERS says otherwise. */
#define HELPERS 64

const struct io_engine *io_engine = &io_engine_blocking;
const char *io_fallback;

/* From the best down. The last one cannot fail. */
static const struct io_engine *const engines[] = {
    &io_engine_uring, &io_engine_epoll, &io_engine_blocking};
enum { ENGINES = sizeof engines / sizeof *engines };

/* Note why there is not this one. */
static void
note(const struct io_engine *engine, const char *what, int error)
{
    static char reasons[256];
    size_t used = strlen(reasons);
    const char *name = engine == &io_engine_uring ? "io_uring" : engine->name;
    snprintf(reasons + used, sizeof reasons - used, "%sno %s: %s: %s",
             used ? "; " : "", name, what, strerror(error));
    io_fallback = reasons;
}

/* Open this one. */
static bool
take(const struct io_engine *engine)
{
    const char *what = "";
    int error = engine->open(&what);
    if (error)
        note(engine, what, error);
    else
        io_engine = engine;
    return !error;
}

static void
insist(const struct io_engine *engine)
{
    if (take(engine))
        return;
    say("threadbare: UTHREADS_IO=%s: %s\n", engine->name, io_fallback);
    exit(2);
}

void
io_start(void)
{
    const char *names[ENGINES + 2] = {"auto"};
    for (int i = 0; i < ENGINES; i++)
        names[i + 1] = engines[i]->name;
    int wanted = setting_choice("UTHREADS_IO", names, 0);
    helpers_open(&the_sched.helpers,
                 setting_number("UTHREADS_HELPERS", 1, 1024, HELPERS));
    if (wanted > 0) {
        insist(engines[wanted - 1]);
        return;
    }
    for (int i = 0; i < ENGINES && !take(engines[i]); i++)
        continue;
    if (io_fallback)
        say("threadbare: %s; %s\n", io_fallback,
            io_engine->suspends ? "using epoll"
                                : "a blocking call will stall all threads");
}
