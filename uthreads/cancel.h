/* SPDX-License-Identifier: MIT */
/* cancel.h - ending a thread at its next cancellation point. */
#ifndef UTHREADS_CANCEL_H
#define UTHREADS_CANCEL_H

#include "uthread.h"

/* A wait has ended with ECANCELED, and everything is in order again: end the
 * calling thread. Never returns. */
void cancel_now(void) __attribute__((noreturn));

/* Call the clean-up handlers that are still pushed, the last one first. */
void cancel_run_handlers(struct uthread *t);

#endif
