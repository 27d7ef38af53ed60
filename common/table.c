/* SPDX-License-Identifier: MIT */
/* table.c - see table.h. */
#include "table.h"

#include "panic.h"
#include "seldom.h"

#include <stdlib.h>

#define FIRST_SIZE 64

/* Double the array. Two identifiers that shared no slot mod n share none mod
 * 2n, so every thread finds its new place free. */
SELDOM static int
grow(struct table *table)
{
    size_t size = table->size ? table->size * 2 : FIRST_SIZE;
    struct table_slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; i < table->size; i++)
        if (table->slots[i].id)
            slots[table->slots[i].id & (size - 1)] = table->slots[i];
    struct table_slot *old = table->slots;
    table->slots = slots; /* first this: a handler may read the table now */
    table->size = size;
    free(old);
    return 0;
}

unsigned long
table_add(struct table *table, void *thread)
{
    if (table->used * 2 >= table->size && grow(table) != 0)
        return 0;
    unsigned long id = table->last_id + 1;
    while (table->slots[id & (table->size - 1)].id)
        id++;
    table->slots[id & (table->size - 1)] = (struct table_slot){id, thread};
    table->last_id = id;
    table->used++;
    return id;
}

void
table_remove(struct table *table, unsigned long id)
{
    struct table_slot *slot = &table->slots[id & (table->size - 1)];
    invariant(slot->id == id);
    *slot = (struct table_slot){0, NULL};
    table->used--;
}
