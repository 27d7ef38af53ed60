/* SPDX-License-Identifier: MIT */
/* key.h - values of one's own; the part that ends with a thread. */
#ifndef PROCESSES_KEY_H
#define PROCESSES_KEY_H

#include "process.h"

/* Call the destructors for the calling thread's values, and free them. */
void key_run_destructors(struct process *t);

#endif
