/* SPDX-License-Identifier: MIT */
/* object_name.c - see object_name.h. */
#include "object_name.h"

#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct named {
    struct named *next; /* never freed: a report may be walking the list */
    const void *object; /* NULL: this place is free */
    char name[THREAD_NAME_MAX];
};

static struct named *names;

static struct named *
find(const void *object)
{
    struct named *n = names;
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
        n->next = names;
        names = n;
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
