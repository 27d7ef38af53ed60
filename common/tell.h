/* SPDX-License-Identifier: MIT */
/*
 * tell.h - threads in the words of a report, the same in every model.
 *
 * How to look at a thread is the model's business; what it has found it tells
 * in these words. They are said by say (panic.h), so a signal handler may.
 */
#ifndef COMMON_TELL_H
#define COMMON_TELL_H

#include "thread.h"

/* "thread 3 'reader'", or with an empty name "thread 3". */
void tell_thread(thread_t id, const char *name);

/* What a blocked thread waits for: " waits for mutex 0x55d0 'left fork', held
 * by thread 3 'reader'". The second name is that of info->wait_thread. */
void tell_wait(const struct thread_info *info, const char *keeper);

/* Put a list in the order of the identifiers. May be NULL if count is 0. */
void tell_in_order(struct thread_info *list, size_t count);

#endif
