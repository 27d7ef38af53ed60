/* SPDX-License-Identifier: MIT */
/*
 * table.h - the thread table: from an identifier to its thread, in O(1).
 *
 * Identifiers are handed out once each, upward from 1. The table is an array
 * whose size is a power of two, and identifier i can only stand in slot
 * i mod size; an identifier whose slot is still in use by a long-lived thread
 * is skipped. The array doubles as soon as it is half full, so a skip is rare
 * and a look-up is one comparison: the slot holds that identifier, or no such
 * thread exists any more.
 *
 * Takes no lock: the caller's critical section.
 */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stddef.h>

struct table_slot {
    unsigned long id; /* 0: free */
    void *thread;
};

struct table {
    struct table_slot *slots;
    size_t size; /* a power of two, or 0 before the first thread */
    size_t used;
    unsigned long last_id;
};

/* Enter a thread: its new identifier, or 0 if memory has run out. */
unsigned long table_add(struct table *table, void *thread);

/* Take out an identifier that is in the table. */
void table_remove(struct table *table, unsigned long id);

/* The thread with this identifier, or NULL. */
static inline void *
table_find(const struct table *table, unsigned long id)
{
    if (id == 0 || table->size == 0)
        return NULL;
    const struct table_slot *slot = &table->slots[id & (table->size - 1)];
    return slot->id == id ? slot->thread : NULL;
}

/* Visit all threads: the next one at or after slot *position, which is moved
 * past it; NULL when there is no more. Start at 0. In order of identifier as
 * long as no identifier has gone round the table. */
static inline void *
table_next(const struct table *table, size_t *position)
{
    while (*position < table->size) {
        const struct table_slot *slot = &table->slots[(*position)++];
        if (slot->id)
            return slot->thread;
    }
    return NULL;
}

#endif
