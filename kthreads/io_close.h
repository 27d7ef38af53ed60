/* SPDX-License-Identifier: MIT */
/* io_close.h - which descriptors are waited for, so that a close can tell. */
#ifndef KTHREADS_IO_CLOSE_H
#define KTHREADS_IO_CLOSE_H

#include <stdatomic.h>

/* Waits on the descriptors whose number is i modulo the size. A close looks
 * here first, for nearly always there is none, and then it need not ask every
 * thread. */
#define IO_WAITED 16384
extern atomic_uint io_waited[IO_WAITED];

static inline void
io_wait_begins(int fd)
{
    atomic_fetch_add(&io_waited[(unsigned)fd % IO_WAITED], 1);
}

static inline void
io_wait_ends(int fd)
{
    atomic_fetch_sub(&io_waited[(unsigned)fd % IO_WAITED], 1);
}

#endif
