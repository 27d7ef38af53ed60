/* SPDX-License-Identifier: MIT */
/* words.c - the contract's enumerations in words, the same in every model. */
#include "thread.h"

const char *
thread_state_name(enum thread_state state)
{
    switch (state) {
    case THREAD_READY: return "ready";
    case THREAD_RUNNING: return "running";
    case THREAD_BLOCKED: return "blocked";
    case THREAD_DONE: return "done";
    }
    return "unknown";
}

const char *
thread_wait_name(enum thread_wait wait)
{
    switch (wait) {
    case THREAD_WAIT_NONE: return "none";
    case THREAD_WAIT_JOIN: return "join";
    case THREAD_WAIT_SLEEP: return "sleep";
    case THREAD_WAIT_MUTEX: return "mutex";
    case THREAD_WAIT_COND: return "cond";
    case THREAD_WAIT_SEMAPHORE: return "semaphore";
    case THREAD_WAIT_RWLOCK: return "rwlock";
    case THREAD_WAIT_BARRIER: return "barrier";
    case THREAD_WAIT_EVENT: return "event";
    case THREAD_WAIT_ONCE: return "once";
    case THREAD_WAIT_CHANNEL: return "channel";
    case THREAD_WAIT_IO: return "io";
    }
    return "unknown";
}
