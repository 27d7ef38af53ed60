/* SPDX-License-Identifier: MIT */
/*
 * shared.h - memory that every thread sees, for the library's own use: the
 * contract's thread_shared_alloc is the same.
 */
#ifndef PROCESSES_SHARED_H
#define PROCESSES_SHARED_H

#include <stdbool.h>
#include <stddef.h>

/* Reserve the addresses of all shared memory; before the first fork. */
void shared_start(void);

/* Does this lie in memory from thread_shared_alloc? */
bool shared_is_ours(const void *address);

/* Does it lie in memory that processes share, whoever has made it so? */
bool shared_is_shared(const void *address);

#endif
