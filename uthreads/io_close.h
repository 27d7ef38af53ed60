/* SPDX-License-Identifier: MIT */
/* io_close.h - which descriptors are waited for, so that a close can tell. */
#ifndef UTHREADS_IO_CLOSE_H
#define UTHREADS_IO_CLOSE_H

#include <stdint.h>

/* Waits on the descriptors whose number is i modulo the size. A close looks
 * here first, for nearly always there is none, and then it need not ask every
 * thread. */
#define IO_WAITED 16384
extern uint32_t io_waited[IO_WAITED];

static inline void
io_wait_begins(int fd)
{
    io_waited[(unsigned)fd % IO_WAITED]++;
}

static inline void
io_wait_ends(int fd)
{
    io_waited[(unsigned)fd % IO_WAITED]--;
}

#endif
