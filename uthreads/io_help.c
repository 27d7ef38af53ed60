/* SPDX-License-Identifier: MIT */
/*
 * io_help.c - operations that a helper kernel thread does, and how the process
 * waits for helpers and for its engine in one place.
 *
 * Some system calls know no other way than to sleep. A helper makes them; the
 * thread blocks as for any operation. When the process has nothing to run it
 * sleeps in the engine, which is therefore made to hear the helpers' bell: by
 * an operation like any other, that waits for the bell to be readable.
 */
#include "io_help.h"

#include "io_engine.h"
#include "panic.h"
#include "sched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Jobs ---- */

/* It was done here, and stalled everybody: say so, once. */
static void
say_no_helper(int error)
{
    static bool said;
    if (!said)
        say("threadbare: no helper thread: %s; a blocking call stalls all "
            "threads\n",
            strerror(error));
    said = true;
}

void
io_help_job(struct helper_job *job)
{
    int error = helpers_give(&the_sched.helpers, job);
    if (error)
        say_no_helper(error);
}

void
io_help_break_off(struct helper_job *job)
{
    helpers_break_off(&the_sched.helpers, job);
}

/* ---- Operations ---- */

/* One operation in a helper's hands. */
struct helped {
    struct helper_job job;
    struct io_op *op;
    long result;
};

static void
run(struct helper_job *job)
{
    struct helped *h = container_of(job, struct helped, job);
    h->result = io_system_call(h->op);
}

static void
ended(struct helper_job *job)
{
    struct helped *h = container_of(job, struct helped, job);
    struct io_op *op = h->op;
    long result = job->broken_off ? -ECANCELED : h->result;
    free(h);
    order_release(&io_engine);
    io_complete(op, result);
}

/* What a disk does ends by itself. For the rest somebody else must do something:
 * open the FIFO's other end, wake the word, end the child. */
static bool
ends_by_itself(const struct io_op *op)
{
    switch (op->call) {
    case IO_READ:
    case IO_WRITE:
    case IO_READV:
    case IO_WRITEV:
    case IO_CLOSE:
    case IO_FSYNC:
    case IO_STATX:
    case IO_SENDFILE: return true;
    default: return false;
    }
}

/* It will be begun when another such wait is over: perhaps never. Say so. */
static void
say_if_short(void)
{
    static bool said;
    if (said || !helpers_are_short(&the_sched.helpers))
        return;
    say("threadbare: no more helper threads can be had: calls that may wait "
        "for "
        "ever wait for one another\n");
    said = true;
}

void
io_help(struct io_op *op)
{
    struct helped *h = calloc(1, sizeof *h);
    if (!h) {
        say_no_helper(ENOMEM);
        io_complete(op, io_system_call(op));
        return;
    }
    *h = (struct helped){.job = {.run = run,
                                 .ended = ended,
                                 .can_be_broken_off = true,
                                 .endless = !ends_by_itself(op)},
                         .op = op};
    op->helped = true;
    op->helper = h;
    bool endless = h->job.endless;
    io_help_job(&h->job);
    if (endless)
        say_if_short();
}

void
io_help_cancel(struct io_op *op)
{
    struct helped *h = op->helper;
    io_help_break_off(&h->job);
}

/* ---- What the scheduler waits for ---- */

/* The operation by which a suspending engine hears the bell. It stays begun
 * from one job to the next, and is no reason to wait by itself. */
static struct io_op bell = {.done = true};

/* Have the engine hear the bell. False: it has rung already. */
static bool
await_bell(void)
{
    const struct helpers *h = &the_sched.helpers;
    if (h->out == 0 || !bell.done || !io_engine->suspends)
        return true;
    bell = (struct io_op){.call = IO_POLL, .fd = h->bell, .flags = POLLIN};
    io_engine->submit(&bell);
    return !bell.done;
}

/* Called between two instructions of some thread, whose errno stays. */
void
io_hear(void)
{
    int error = errno;
    io_engine->poll();
    helpers_hear(&the_sched.helpers);
    errno = error;
}

void
io_help_forget(void)
{
    helpers_forget(&the_sched.helpers);
    bell.done = true;
}

size_t
io_pending(void)
{
    return io_engine->pending() - !bell.done + the_sched.helpers.out;
}

void
io_wait(uint64_t deadline)
{
    if (await_bell())
        io_engine->wait(deadline);
    helpers_hear(&the_sched.helpers);
}
