/* SPDX-License-Identifier: MIT */
/* inherit.h - priorities lent through mutexes; for sync.c and thread.c. */
#ifndef UTHREADS_INHERIT_H
#define UTHREADS_INHERIT_H

#include "sync_view.h"
#include "uthread.h"

/* The thread now holds the mutex, and inherits from those who wait for it. */
void inherit_take(struct uthread *t, struct mutex_view *m);

/* The thread gives the mutex up, and what it inherited through it. */
void inherit_release(struct uthread *t, struct mutex_view *m);

/* The calling thread is about to wait for the mutex: its holder inherits. */
void inherit_lend(struct mutex_view *m);

/* The calling thread has given up waiting: what it lent is withdrawn. */
void inherit_withdraw(struct mutex_view *m);

/* A thread's own priority has changed. */
void inherit_update(struct uthread *t);

#endif
