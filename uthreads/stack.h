/* SPDX-License-Identifier: MIT */
/*
 * stack.h - memory for a thread to run on, with a guard below it.
 *
 *      low - guard     low                                  low + size
 *      |  no access   |  ......... unused ......  | in use  |
 *                                                 <- grows down
 *
 * A stack that grows past its low end touches the guard and is caught at once
 * instead of overwriting its neighbour. Only pages that were touched take
 * memory, so a large stack costs address space and nothing else.
 */
#ifndef UTHREADS_STACK_H
#define UTHREADS_STACK_H

#include <stdbool.h>
#include <stddef.h>

/* What a thread keeps on its stack for the library, beside the bytes that are
 * its own: its colour, its control block, its first context. One page. */
#define STACK_HEAD 4096u

/* The usual size: 256 KiB for the thread. */
#define STACK_DEFAULT (256u * 1024 + STACK_HEAD)

struct stack {
    char *low;   /* NULL: no stack (main runs on the one the kernel gave) */
    size_t size; /* bytes that may be used */
};

/* Get a stack of at least size bytes, in whole pages, guard included. Returns
 * 0, or EAGAIN (the kernel allows no more mappings) or ENOMEM. */
int stack_alloc(struct stack *stack, size_t size);

/* Give it back. Nobody may be running on it: you cannot free the stack you
 * stand on. */
void stack_free(struct stack stack);

/* So many bytes at the top are to be left unused: the stack's colour. */
size_t stack_colour(struct stack stack);

/* Does this address lie in the guard below the stack? A signal handler may
 * ask. */
bool stack_guards(struct stack stack, const void *address);

/* Does it lie in the guard of any stack of the pools, in use or free? A signal
 * handler may ask. */
bool stack_is_guard(const void *address);

/* The most that was ever used, in whole pages: from the lowest page that has
 * memory up to the top. A reused stack may remember its earlier user. */
size_t stack_used(struct stack stack);

/* Guard by mprotect from now on, as on a kernel that knows nothing better. */
void stack_force_mprotect(void);

#endif
