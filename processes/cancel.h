/* SPDX-License-Identifier: MIT */
/* cancel.h - ending a thread at its next cancellation point. */
#ifndef PROCESSES_CANCEL_H
#define PROCESSES_CANCEL_H

#include "process.h"

/*
 * bell_wait, and a cancellation point. If the wait is cancelled, the lock is
 * taken, a ring that may have been meant for us is passed on, and undo(arg) is
 * called with the lock held; then the thread ends.
 */
int cancel_bell_wait(struct bell *bell, struct lock *lock, uint64_t deadline,
                     void (*undo)(void *), void *arg);

/* Has somebody asked for the running thread's end, and is it allowed now? */
bool cancel_pending(void);

/* A thread whose end was asked for: if it waits in a channel, have it look.
 * Call it with the_threads.lock held. (channel.c) */
void channel_look_again(struct process *t);

/* Call the clean-up handlers that are still pushed, the last one first. */
void cancel_run_handlers(struct process *t);

/* The signal by which one process asks another to look at what has become of
 * it; who is not ours ignores it. */
#define LOOK_AROUND SIGURG

/* Have it answered. Children inherit that. */
void cancel_start(void);

#endif
