/* SPDX-License-Identifier: MIT */
/* io_poll.c - waiting for the first of many descriptors: poll(2) does. */
#include "clock.h"
#include "io.h"
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

int
thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
    struct poll_wait w = {fds, count, deadline};
    thread_testcancel();
    int n = poll_until(fds, count, 0);
    if (n != 0 || deadline <= clock_now())
        return n;
    wait_begin((struct wait){
        .kind = THREAD_WAIT_IO, .fd = count ? fds[0].fd : -1, .call = "poll"});
    n = cancel_point(call_poll, NULL, &w);
    wait_end();
    return n;
}
