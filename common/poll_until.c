/* SPDX-License-Identifier: MIT */
/* poll_until.c - see poll_until.h. */
#include "poll_until.h"

#include "clock.h"
#include "thread.h"

#include <errno.h>
#include <stddef.h>

int
poll_until(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
    for (;;) {
        struct timespec span, *timeout = NULL;
        if (deadline != THREAD_FOREVER) {
            uint64_t now = clock_now();
            span = clock_timespec(deadline > now ? deadline - now : 0);
            timeout = &span;
        }
        int n = ppoll(fds, count, timeout, NULL);
        if (n >= 0 || errno != EINTR)
            return n;
    }
}
