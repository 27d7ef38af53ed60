/* SPDX-License-Identifier: MIT */
/*
 * grow.h - memory that is there, or the program ends.
 *
 * The front end is short-lived and has nothing to save: when memory runs out
 * it says so and stops, and no caller checks for NULL.
 */
#ifndef CLI_GROW_H
#define CLI_GROW_H

#include "usage.h"

#include <stdlib.h>
#include <string.h>

/* calloc that succeeds. */
static inline void *
must_alloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (!p)
        fail("out of memory");
    return p;
}

static inline char *
must_copy(const char *text)
{
    char *p = strdup(text);
    if (!p)
        fail("out of memory");
    return p;
}

/* Room for one more element after the first count: the array, moved to twice
 * the room whenever count reaches it. */
static inline void *
grow(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 16;
    void *p = reallocarray(array, *room, size);
    if (!p)
        fail("out of memory");
    return p;
}

#endif
