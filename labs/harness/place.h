/* SPDX-License-Identifier: MIT */
/*
 * place.h - where a context lives: memory for its stack, and above it a few
 * bytes that are not the context's, as a thread's control block would be.
 */
#ifndef LABS_HARNESS_PLACE_H
#define LABS_HARNESS_PLACE_H

#include "context.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define ABOVE 192 /* not a context's */

struct place {
    struct context *context; /* while it does not run */
    char *low, *high;
};

/* Make a context in memory of this size; false if there is no memory. */
static inline bool
place_make(struct place *p, size_t size, void (*entry)(void))
{
    p->low = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p->low == MAP_FAILED)
        return false;
    p->high = p->low + size - ABOVE;
    memset(p->high, 0x5a, ABOVE);
    p->context = context_make(p->low, p->high, entry);
    return true;
}

/* Does this address lie in the context's memory? */
static inline bool
place_holds(const struct place *p, const void *address)
{
    const char *byte = address;
    return byte >= p->low && byte < p->high;
}

/* Are the bytes above as they were? */
static inline bool
place_intact(const struct place *p)
{
    for (int i = 0; i < ABOVE; i++)
        if (p->high[i] != 0x5a)
            return false;
    return true;
}

#endif
