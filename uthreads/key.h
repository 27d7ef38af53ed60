/* SPDX-License-Identifier: MIT */
/* key.h - values of one's own; the part that ends with a thread. */
#ifndef UTHREADS_KEY_H
#define UTHREADS_KEY_H

#include "uthread.h"

/* Call the destructors for the calling thread's values, and free them. */
void key_run_destructors(struct uthread *t);

#endif
