/* SPDX-License-Identifier: MIT */
/*
 * waiting.c - what the others are told of a wait: see waiting.h.
 *
 * The kernel suspends a process and wakes it; all that is left of block and
 * wake is to say so, in shared memory, where the other processes look.
 */
#include "waiting.h"

#include "clock.h"
#include "probe.h"
#include "process.h"

/* Which one of its kind is waited for. */
static uint32_t
detail(const struct wait *wait)
{
    if (wait->kind == THREAD_WAIT_IO)
        return (uint32_t)wait->fd;
    if (wait->kind == THREAD_WAIT_JOIN)
        return (uint32_t)wait->thread;
    return (uint32_t)(uintptr_t)wait->object;
}

void
wait_begin(struct wait wait)
{
    struct process *t = process_self();
    trace_emit(&t->trace, TRACE_BLOCK, t->id,
               TRACE_WAIT(wait.kind, detail(&wait)));
    PROBE4(block, t->id, wait.kind, wait.object, wait.fd);
    wait.since = clock_now();
    lock_take(&t->lock);
    t->wait = wait;
    lock_release(&t->lock);
}

void
wait_end(void)
{
    struct process *t = current;
    lock_take(&t->lock);
    t->wait = (struct wait){.kind = THREAD_WAIT_NONE};
    lock_release(&t->lock);
    trace_emit(&t->trace, TRACE_READY, t->id, 0);
    PROBE1(wake, t->id);
}

/* There is no lock around the whole program to let go of. */
bool
call_begin(void)
{
    return false;
}

void
call_end(bool begun)
{
    (void)begun;
}

void
flags_lock(void)
{
    lock_take(&the_threads.flags_lock);
}

void
flags_unlock(void)
{
    lock_release(&the_threads.flags_lock);
}
