/* SPDX-License-Identifier: MIT */
/*
 * io_close.c - a descriptor goes while threads wait for it.
 *
 * To the kernel they wait for the file, not for its number: close(2) lets the
 * number go, and they would wait on, for ever if nobody else has the file. So
 * each of them is woken as if it had been cancelled, takes its operation back
 * from the engine, and returns EBADF.
 */
#include "io_close.h"

#include "io_engine.h"
#include "sched.h"

#include <errno.h>

uint32_t io_waited[IO_WAITED];

static bool
waits_for(const struct wait *wait, int fd)
{
    for (size_t i = 0; i < wait->op_count; i++)
        if (io_waits_for(&wait->ops[i]) == fd)
            return true;
    return false;
}

void
io_end_waits(int fd)
{
    struct uthread *t;
    size_t position = 0;
    if (io_engine->closing)
        io_engine->closing(fd);
    if (fd < 0 || io_waited[(unsigned)fd % IO_WAITED] == 0)
        return;
    while ((t = table_next(&sched_self()->table, &position)) != NULL) {
        if (t->state != THREAD_BLOCKED || !waits_for(t->wait, fd))
            continue;
        t->wait_error = EBADF;
        sched_wake(t);
    }
}
