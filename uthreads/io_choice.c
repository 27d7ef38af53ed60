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
#include "io_help.h"
#include "panic.h"
#include "sched.h"
#include "setting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Helper kernel threads at most, unless UTHREADS_HELPERS says otherwise. */
#define HELPERS      64

#define RING_ENTRIES 256   /* unless UTHREADS_RING says otherwise */
#define RING_MOST    32768 /* the kernel's own limit */

const struct io_engine *io_engine = &io_engine_blocking;
const char *io_fallback;
unsigned io_life;
unsigned io_ring_entries = RING_ENTRIES;

/* From the best down. The last one cannot fail. */
static const struct io_engine *const engines[] = {
    &io_engine_uring, &io_engine_epoll, &io_engine_blocking};
enum { ENGINES = sizeof engines / sizeof *engines };

/* Note why there is not this one. */
static void
note(const struct io_engine *engine, const char *what, int error)
{
    static char reasons[256];
    size_t used = io_fallback ? strlen(reasons) : 0;
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

/* Open what the environment asks for. */
static void
choose(void)
{
    const char *names[ENGINES + 2] = {"auto"};
    for (int i = 0; i < ENGINES; i++)
        names[i + 1] = engines[i]->name;
    int wanted = setting_choice("UTHREADS_IO", names, 0);
    io_ring_entries = (unsigned)setting_number("UTHREADS_RING", RING_LEAST,
                                               RING_MOST, RING_ENTRIES);
    bool told = io_fallback != NULL;
    io_fallback = NULL;
    if (wanted > 0) {
        insist(engines[wanted - 1]);
        return;
    }
    for (int i = 0; i < ENGINES && !take(engines[i]); i++)
        continue;
    if (io_fallback && !told)
        say("threadbare: %s; %s\n", io_fallback,
            io_engine->suspends ? "using epoll"
                                : "a blocking call will stall all threads");
}

void
io_start(void)
{
    helpers_open(&the_sched.helpers,
                 setting_number("UTHREADS_HELPERS", 1, 1024, HELPERS));
    choose();
}

/* ---- After a fork ---- */

/*
 * The child has all the user-level threads, and one kernel thread. What was in
 * flight is the parent's: its ring, its helpers; there it goes on. The child
 * must not touch that, and most children never wait for anything before they
 * call execve. So it has no engine until it needs one.
 */
void
io_forked(void)
{
    const struct uthread *t;
    size_t position = 0;
    io_life++;
    io_engine->forget();
    io_help_forget();
    io_engine = &io_engine_unopened;
    while ((t = table_next(&the_sched.table, &position)) != NULL) {
        const struct wait *wait = t->wait;
        for (size_t i = 0; wait && wait->ops && i < wait->op_count; i++)
            if (!wait->ops[i].done)
                io_complete(&wait->ops[i], -ECANCELED);
    }
}

static void
unopened_submit(struct io_op *op)
{
    choose();
    io_engine->submit(op);
}

static void
unopened_poll(void)
{
}

static void
unopened_wait(uint64_t deadline)
{
    choose();
    io_engine->wait(deadline);
}

static size_t
unopened_pending(void)
{
    return 0;
}

const struct io_engine io_engine_unopened = {
    .name = "not opened yet",
    .suspends = true,
    .submit = unopened_submit,
    .poll = unopened_poll,
    .wait = unopened_wait,
    .pending = unopened_pending,
    .forget = unopened_poll,
};
