/* SPDX-License-Identifier: MIT */
/*
 * waiting.c - what the others are told of a wait: see waiting.h.
 *
 * The kernel suspends a thread and wakes it; all that is left of block and wake
 * is to say so. Around the wait the global lock is let go of, where there is
 * one: see gil.h.
 */
#include "waiting.h"

#include "clock.h"
#include "kthread.h"
#include "probe.h"

#include <errno.h>

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
    struct kthread *t = kthread_self();
    trace_emit(&t->trace, TRACE_BLOCK, t->id,
               TRACE_WAIT(wait.kind, detail(&wait)));
    PROBE4(block, t->id, wait.kind, wait.object, wait.fd);
    wait.since = clock_now();
    pthread_mutex_lock(&t->lock);
    t->wait = wait;
    pthread_mutex_unlock(&t->lock);
    gil_drop();
}

void
wait_end(void)
{
    struct kthread *t = current;
    int error = errno;
    pthread_mutex_lock(&t->lock);
    t->wait = (struct wait){.kind = THREAD_WAIT_NONE};
    pthread_mutex_unlock(&t->lock);
    trace_emit(&t->trace, TRACE_READY, t->id, 0);
    PROBE1(wake, t->id);
    gil_take();
    errno = error;
}

bool
call_begin(void)
{
    return gil_drop();
}

void
call_end(bool begun)
{
    gil_restore(begun);
}

void
flags_lock(void)
{
    kthread_lock(&the_threads.flags_lock);
}

void
flags_unlock(void)
{
    pthread_mutex_unlock(&the_threads.flags_lock);
}
