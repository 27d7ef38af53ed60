/* SPDX-License-Identifier: MIT */
/* io_poll.c - waiting for the first of many descriptors: poll(2) does. */
#include "clock.h"
#include "io.h"
#include "io_close.h"
#include "interrupt.h"
#include "poll_until.h"
#include "waiting.h"

struct poll_wait {
    struct pollfd *fds;
    nfds_t count;
    uint64_t deadline;
};

static int
call_poll(void *arg)
{
    const struct poll_wait *w = arg;
    return poll_until(w->fds, w->count, w->deadline);
}

/* Tell io_close.c of all the descriptors, or that it is over. */
static void
note_all(const struct poll_wait *w, void (*note)(int fd))
{
    for (nfds_t i = 0; i < w->count; i++)
        note(w->fds[i].fd);
}

static void
end_note(void *arg)
{
    note_all(arg, io_wait_ends);
}

int
thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
    struct poll_wait w = {fds, count, deadline};
    thread_testcancel();
    int n = poll_until(fds, count, 0);
    if (n != 0 || deadline <= clock_now())
        return n;
    interrupt_allow();
    wait_begin((struct wait){.kind = THREAD_WAIT_IO,
                             .fd = count ? fds[0].fd : -1,
                             .call = "poll",
                             .polled = fds,
                             .polled_count = count});
    note_all(&w, io_wait_begins);
    n = cancel_point(call_poll, end_note, &w);
    wait_end();
    note_all(&w, io_wait_ends);
    return n;
}
