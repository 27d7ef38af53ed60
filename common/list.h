/* SPDX-License-Identifier: MIT */
/*
 * list.h - an intrusive doubly linked list: a queue of things that exist.
 *
 * The link lies inside the element, so putting a thread on a queue allocates
 * nothing and cannot fail, and taking it out of the middle (a wait that timed
 * out) is O(1). The list's ends are NULL, not a ring through the head: a list
 * of all zero bytes is therefore empty, which lets a statically allocated
 * mutex need no initialiser, and a list may be copied or moved while empty.
 *
 *      list:  first ----> [link] <--> [link] <--> [link] <---- last
 *                 NULL <--- prev                  next ---> NULL
 *
 * Knows nothing of threads and takes no lock: the caller's critical section.
 */
#ifndef COMMON_LIST_H
#define COMMON_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *next;
    struct link *prev;
};

struct list {
    struct link *first;
    struct link *last;
};

/* The struct of the given type whose field is at ptr. */
#define container_of(ptr, type, field) \
    ((type *)(void *)((char *)(ptr)-offsetof(type, field)))

static inline bool
list_empty(const struct list *list)
{
    return list->first == NULL;
}

/* Put a link behind another, or first if that is NULL. It must be on no
 * list. */
static inline void
list_insert_after(struct list *list, struct link *before, struct link *link)
{
    struct link *after = before ? before->next : list->first;
    link->prev = before;
    link->next = after;
    if (before)
        before->next = link;
    else
        list->first = link;
    if (after)
        after->prev = link;
    else
        list->last = link;
}

static inline void
list_append(struct list *list, struct link *link)
{
    link->next = NULL;
    link->prev = list->last;
    if (list->last)
        list->last->next = link;
    else
        list->first = link;
    list->last = link;
}

static inline void
list_prepend(struct list *list, struct link *link)
{
    list_insert_after(list, NULL, link);
}

/* Take out a link that is on this list. */
static inline void
list_remove(struct list *list, struct link *link)
{
    if (link->prev)
        link->prev->next = link->next;
    else
        list->first = link->next;
    if (link->next)
        link->next->prev = link->prev;
    else
        list->last = link->prev;
    link->next = link->prev = NULL;
}

/* Take out the first link; NULL if there is none. */
static inline struct link *
list_pop(struct list *list)
{
    struct link *link = list->first;
    if (!link)
        return NULL;
    list->first = link->next;
    if (list->first)
        list->first->prev = NULL;
    else
        list->last = NULL;
    link->next = NULL;
    return link;
}

#endif
