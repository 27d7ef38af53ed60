/* SPDX-License-Identifier: MIT */
/*
 * object_name.h - names for mutexes and their like, for whoever reads a report.
 *
 * An object of all zero bytes is valid, so it has no room for a name that it
 * would have to be given; the names are kept beside, by address. Takes no
 * lock: the caller's critical section. Looking one up walks the list: O(n),
 * and only reports do.
 */
#ifndef COMMON_OBJECT_NAME_H
#define COMMON_OBJECT_NAME_H

#include "thread.h"

struct named {
    struct named *next; /* never freed: a report may be walking the list */
    const void *object; /* NULL: this place is free */
    char name[THREAD_NAME_MAX];
};

extern struct named *object_names;

/* Name the object at this address, or with NULL forget its name. Returns 0 or
 * ENOMEM. */
int object_name_set(const void *object, const char *name);

/* Its name, or NULL. A signal handler may ask. */
const char *object_name(const void *object);

#endif
