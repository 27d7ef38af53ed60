/* SPDX-License-Identifier: MIT */
/* object_name.c - see object_name.h. */
#include "object_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct named *object_names;

static struct named *
find(const void *object)
{
    struct named *n = object_names;
    while (n && n->object != object)
        n = n->next;
    return n;
}

int
object_name_set(const void *object, const char *name)
{
    struct named *n = find(object);
    if (!name) {
        if (n)
            n->object = NULL;
        return 0;
    }
    if (!n && (n = find(NULL)) == NULL) {
        n = calloc(1, sizeof *n);
        if (!n)
            return ENOMEM;
        n->next = object_names;
        object_names = n;
    }
    snprintf(n->name, sizeof n->name, "%s", name);
    n->object = object;
    return 0;
}

const char *
object_name(const void *object)
{
    const struct named *n = object ? find(object) : NULL;
    return n ? n->name : NULL;
}
