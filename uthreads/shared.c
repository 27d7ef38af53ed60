/* SPDX-License-Identifier: MIT */
/*
 * shared.c - memory that all threads see: all of it.
 *
 * Threads of one process share its memory, so there is nothing to do that the
 * C library does not; the call is in the contract for those models in which
 * memory must be asked for to be shared.
 */
#include "thread.h"

#include <stdlib.h>

void *
thread_shared_alloc(size_t size)
{
    return calloc(1, size ? size : 1);
}

void
thread_shared_free(void *memory)
{
    free(memory);
}
