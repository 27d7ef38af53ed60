/* SPDX-License-Identifier: MIT */
/*
 * io.c - input and output that suspend a thread: the machinery.
 *
 * A call describes its operation, gives it to the engine and blocks; the
 * engine wakes the thread when the operation is done. The struct io_op and the
 * buffer belong to the kernel until then. So a thread that gives up (its
 * deadline has passed) asks for the operation to be cancelled, and still waits
 * until the engine says that it is done; the kernel never writes into memory
 * that its owner has gone on to use for something else.
 */
#include "cancel.h"
#include "io_close.h"
#include "io_engine.h"
#include "io_help.h"
#include "sched.h"
#include "seldom.h"
#include "time.h"

#include <errno.h>

/* So many operations that did not wait, and the others run. */
#define TRIES 16

/* What the kernel says of an operation interrupted while it ran. */
#define RESTART_SYSTEM_CALL 512

/* What a thread comes back to when its wait is over: its context, and the
 * frames from there up to the operation (a ucontext is so large that it is all
 * that is reached). Among a thousand threads all of that is cold; asked for
 * now, it comes while others run. Worth 1 to 3 % of an echo then. */
#define FRAMES_OF_A_WAIT 320 /* bytes, about */
#define LINE_SIZE        64

static inline void
fetch_frames(const struct uthread *t)
{
    uintptr_t low = (uintptr_t)t->context; /* of main, it may be NULL */
    for (size_t at = 0; at < FRAMES_OF_A_WAIT; at += LINE_SIZE)
        __builtin_prefetch((const void *)(low + at));
}

/* LAB(blocking-io): note the result. Who waits for it, if anybody does, and
 * does so still? */
void
io_complete(struct io_op *op, long result)
{
    op->result = result;
    op->done = true;
    struct uthread *t = op->thread;
    if (t && t->state == THREAD_BLOCKED) {
        fetch_frames(t);
        sched_wake(t);
    }
}

/* What a thread in this operation waits for. */
static struct wait
waiting_for(struct io_op *op)
{
    return (struct wait){.kind = THREAD_WAIT_IO,
                         .fd = io_waits_for(op),
                         .call = io_kinds[op->call].name,
                         .ops = op,
                         .op_count = 1,
                         .cancellable = true};
}

static void
cancel(struct io_op *op)
{
    if (op->helped)
        io_help_cancel(op);
    else
        io_engine->cancel(op);
}

/* A thread whose operations are all done at once never blocks: now and then it
 * gives way all the same, and events are heard when it is time. */
static long
done_at_once(const struct io_op *op)
{
    static unsigned count;
    if (io_engine->suspends) {
        sched_hear();
        if (++count % TRIES == 0)
            sched_yield_to_others();
    }
    return op->result;
}

/* Do one operation: block until it is done. Its result or -errno; -ETIMEDOUT
 * if it was ended because the deadline passed.
 * LAB(blocking-io): hand it to the engine, and block. If the wait ends before
 * the operation does, have it cancelled; when may this frame go away? What is
 * the result of one that was done all the same? (blocking.c does as much for a
 * function. io_wait_begins and io_wait_ends stand around the wait; when
 * io_life has changed, this is the child of a fork, and nothing here will ever
 * be done: ECANCELED.) */
static long
perform_once(struct io_op *op, uint64_t deadline)
{
    op->thread = sched_self()->current;
    op->deadline = deadline;
    op->done = op->helped = false;
    io_engine->submit(op);
    if (op->done)
        return done_at_once(op);
    struct wait wait = waiting_for(op);
    unsigned life = io_life;
    io_wait_begins(wait.fd);
    int error = time_block(&wait, deadline);
    if (error && !op->done && life == io_life)
        cancel(op);
    while (!op->done && life == io_life)
        sched_block(&wait);
    io_wait_ends(wait.fd);
    if (!op->done)
        return -ECANCELED;
    bool cut_short = op->result == -ECANCELED || op->result == -EINTR ||
                     op->result == -RESTART_SYSTEM_CALL;
    if (!error || !cut_short)
        return op->result; /* done after all: a cancellation stays asked for */
    if (error == ECANCELED)
        cancel_now();
    return -error;
}

/* Does the kernel's "not now" mean that the thread is to wait? Not if the
 * caller said that it must not, nor where there is nothing to become ready. */
static bool
may_wait(const struct io_op *op)
{
    const struct io_kind *kind = &io_kinds[op->call];
    return kind->readiness && !(kind->of_socket && op->flags & MSG_DONTWAIT);
}

/* Wait until the descriptor is ready for what the operation wants. 0 or -errno.
 */
SELDOM static long
wait_ready(const struct io_op *op, uint64_t deadline)
{
    struct io_op poll = {
        .call = IO_POLL, .fd = op->fd, .flags = io_kinds[op->call].readiness};
    return io_perform(&poll, deadline) < 0 ? -errno : 0;
}

/* Again and again, until it is done or not to be had.
 * LAB(blocking-io): a signal is no reason to end, but where the kind says
 * `once`; "not now" is none but where may_wait says so. */
static long
perform(struct io_op *op, uint64_t deadline)
{
    for (;;) {
        long result = perform_once(op, deadline);
        if (result == -EAGAIN && may_wait(op)) {
            result = wait_ready(op, deadline);
            if (result < 0)
                return result;
        } else if (result != -EINTR || io_kinds[op->call].once) {
            return result;
        }
    }
}

/* LAB(blocking-io): a cancellation point; then do it, and return as a system
 * call does. (order_release before, order_acquire after: for fiber.h.) */
long
io_perform(struct io_op *op, uint64_t deadline)
{
    thread_testcancel();
    order_release(&io_engine); /* what is written here is read there */
    long result = perform(op, deadline);
    order_acquire(&io_engine);
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

/* One kernel thread runs all of ours, so nobody sees a flag change. */
long
io_look(const struct io_op *op)
{
    if (!io_kinds[op->call].of_socket)
        return io_call_nonblocking(op);
    struct io_op once = *op;
    once.flags |= MSG_DONTWAIT;
    return io_system_call(&once);
}
