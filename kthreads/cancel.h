/* SPDX-License-Identifier: MIT */
/* cancel.h - ending a thread at its next cancellation point. */
#ifndef KTHREADS_CANCEL_H
#define KTHREADS_CANCEL_H

#include "kthread.h"

/*
 * Call wait(arg), which a cancellation may end: then undo(arg) is called,
 * unless it is NULL, which leaves everything as if the call had not been made,
 * and the thread ends. Else returns what wait has returned. wait must do
 * nothing that a call of pthreads which is cancelled would lose.
 */
int cancel_point(int (*wait)(void *), void (*undo)(void *), void *arg);

/* Has somebody asked for the running thread's end, and is it allowed now? */
bool cancel_pending(void);

/* A thread whose end was asked for: if it waits in a channel, have it look.
 * Call it with the_threads.lock held. (channel.c) */
void channel_look_again(struct kthread *t);

/* Call the clean-up handlers that are still pushed, the last one first. */
void cancel_run_handlers(struct kthread *t);

#endif
