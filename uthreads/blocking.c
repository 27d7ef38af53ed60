/* SPDX-License-Identifier: MIT */
/*
 * blocking.c - any other call that blocks, without stopping the others.
 *
 * A name lookup, a lock on a file, a library that knows nothing of us: no
 * engine can wait for these. A helper calls the function; our thread blocks
 * until the helper has come back.
 */
#include "cancel.h"
#include "clock.h"
#include "io.h"
#include "io_engine.h"
#include "io_help.h"
#include "sched.h"
#include "time.h"

#include <errno.h>

/* One call. Lies in the frame of the thread that waits for it. */
struct call {
    struct helper_job job;
    void *(*fn)(void *);
    void *arg;
    void *result;
    int error; /* errno, there and back */
    struct uthread *thread;
    bool done;
};

static void
run(struct helper_job *job)
{
    struct call *c = container_of(job, struct call, job);
    errno = c->error;
    c->result = c->fn(c->arg);
    c->error = errno;
}

static void
ended(struct helper_job *job)
{
    struct call *c = container_of(job, struct call, job);
    c->done = true;
    order_release(c);
    if (c->thread->state == THREAD_BLOCKED)
        sched_wake(c->thread);
}

/* Have it called. Returns 0, or ETIMEDOUT or ECANCELED if that came first. */
static int
perform(struct call *c, uint64_t deadline)
{
    struct wait wait = {.kind = THREAD_WAIT_IO,
                        .fd = -1,
                        .call = "blocking call",
                        .cancellable = true};
    io_help_job(&c->job);
    int error = c->done ? 0 : time_block(&wait, deadline);
    if (error && !c->done)
        io_help_break_off(&c->job);
    while (!c->done)
        sched_block(&wait);
    order_acquire(c);
    return c->job.broken_off ? error : 0;
}

void *
thread_blocking(void *(*fn)(void *), void *arg)
{
    void *result = NULL;
    thread_blocking_until(fn, arg, THREAD_FOREVER, &result);
    return result;
}

int
thread_blocking_until(void *(*fn)(void *), void *arg, uint64_t deadline,
                      void **result)
{
    struct call c = {.job = {.run = run, .ended = ended},
                     .fn = fn,
                     .arg = arg,
                     .error = errno,
                     .thread = sched_self()->current};
    thread_testcancel();
    if (deadline != THREAD_FOREVER && deadline <= clock_now())
        return ETIMEDOUT;
    int error = perform(&c, deadline);
    if (error == ECANCELED)
        cancel_now();
    if (error)
        return error;
    *result = c.result;
    errno = c.error;
    return 0;
}
