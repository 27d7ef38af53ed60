/* SPDX-License-Identifier: MIT */
/*
 * io_poll.c - waiting for the first of many descriptors.
 *
 * One poll operation a descriptor, all in flight at once; the first to
 * complete wakes the thread, the rest are cancelled, and only when every one
 * of them is done does the thread go on. An engine that waits on the spot
 * cannot do that, and makes the system call instead.
 */
#include "cancel.h"
#include "io.h"
#include "io_close.h"
#include "io_engine.h"
#include "poll_until.h"
#include "sched.h"
#include "time.h"

#include <errno.h>
#include <stdlib.h>

/* Begin to wait for each descriptor; a negative one is left out. */
static void
submit_all(struct io_op *ops, const struct pollfd *fds, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        ops[i] = (struct io_op){.call = IO_POLL,
                                .fd = fds[i].fd,
                                .flags = fds[i].events,
                                .thread = sched_self()->current,
                                .deadline = THREAD_FOREVER};
        if (fds[i].fd < 0)
            ops[i].done = true;
        else
            io_engine->submit(&ops[i]);
    }
}

static bool
any_done(const struct io_op *ops, const struct pollfd *fds, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].fd >= 0 && ops[i].done)
            return true;
    return false;
}

/* End what has not ended, and wait until all have: the kernel holds pointers
 * to the operations until then. */
static void
end_all(struct io_op *ops, nfds_t count, const struct wait *wait, unsigned life)
{
    for (nfds_t i = 0; i < count; i++)
        if (!ops[i].done && life == io_life)
            io_engine->cancel(&ops[i]);
    for (nfds_t i = 0; i < count; i++)
        while (!ops[i].done && life == io_life)
            sched_block(wait);
}

/* Fill in revents; how many are not 0. */
static int
collect(const struct io_op *ops, struct pollfd *fds, nfds_t count)
{
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd < 0)
            continue;
        if (ops[i].result >= 0)
            fds[i].revents = (short)ops[i].result;
        else if (ops[i].result == -EBADF)
            fds[i].revents = POLLNVAL;
        ready += fds[i].revents != 0;
    }
    return ready;
}

/* Tell io_close.c of all the descriptors, or that it is over. */
static void
note_all(const struct pollfd *fds, nfds_t count, void (*note)(int fd))
{
    for (nfds_t i = 0; i < count; i++)
        note(fds[i].fd);
}

/* Poll until something is ready, or until *error says why not: how many. */
static int
poll_with(struct io_op *ops, struct pollfd *fds, nfds_t count,
          uint64_t deadline, int *error)
{
    struct wait wait = {.kind = THREAD_WAIT_IO,
                        .fd = count ? fds[0].fd : -1,
                        .call = "poll",
                        .ops = ops,
                        .op_count = count,
                        .cancellable = true};
    unsigned life = io_life;
    submit_all(ops, fds, count);
    note_all(fds, count, io_wait_begins);
    *error = any_done(ops, fds, count) ? 0 : time_block(&wait, deadline);
    end_all(ops, count, &wait, life);
    note_all(fds, count, io_wait_ends);
    return collect(ops, fds, count);
}

int
thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
    int error, ready;
    thread_testcancel();
    if (!io_engine->suspends)
        return poll_until(fds, count, deadline);
    struct io_op *ops = calloc(count ? count : 1, sizeof *ops);
    if (!ops)
        return errno = ENOMEM, -1;
    do /* one of them was closed: the kernel says which */
        ready = poll_with(ops, fds, count, deadline, &error);
    while (error == EBADF && ready == 0);
    free(ops);
    if (error == ECANCELED && ready == 0)
        cancel_now();
    if (!error && ready == 0) /* a fork: io_choice.c */
        return errno = ECANCELED, -1;
    return ready;
}
