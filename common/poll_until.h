/* SPDX-License-Identifier: MIT */
/* poll_until.h - poll(2) with a deadline, which a signal does not end. */
#ifndef COMMON_POLL_UNTIL_H
#define COMMON_POLL_UNTIL_H

#include <poll.h>
#include <stdint.h>

/* As poll(2), until the deadline (CLOCK_MONOTONIC, ns) instead of for a span;
 * THREAD_FOREVER waits without end. Never EINTR. Stalls the kernel thread. */
int poll_until(struct pollfd *fds, nfds_t count, uint64_t deadline);

#endif
