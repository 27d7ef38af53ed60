/* SPDX-License-Identifier: MIT */
/* key.h - values of one's own; the part that ends with a thread. */
#ifndef KTHREADS_KEY_H
#define KTHREADS_KEY_H

#include "kthread.h"

/* Call the destructors for the calling thread's values, and free them. */
void key_run_destructors(struct kthread *t);

#endif
