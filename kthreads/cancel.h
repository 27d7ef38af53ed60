/* SPDX-License-Identifier: MIT */
/* cancel.h - ending a thread at its next cancellation point. */
#ifndef KTHREADS_CANCEL_H
#define KTHREADS_CANCEL_H

#include "kthread.h"

/* Has somebody asked for the running thread's end, and is it allowed now? */
bool cancel_pending(void);

/* A thread whose end was asked for: if it waits in a channel, have it look.
 * Call it with the_threads.lock held. (channel.c) */
void channel_look_again(struct kthread *t);

/* Call the clean-up handlers that are still pushed, the last one first. */
void cancel_run_handlers(struct kthread *t);

#endif
