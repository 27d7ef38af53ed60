/* SPDX-License-Identifier: MIT */
/* stack.h - a stack for each thread. See stack.c. */
#ifndef PROCESSES_STACK_H
#define PROCESSES_STACK_H

#include <stddef.h>

size_t stack_whole_pages(size_t bytes);

/* Map one of so many bytes, in whole pages. Returns its top, or NULL. */
char *stack_map(size_t size);
void stack_unmap(char *top, size_t size);

/* Leave the stack we are on for good, and call fn at the top of this one. */
void stack_enter(char *top, size_t size, void (*fn)(void))
    __attribute__((noreturn));

#endif
