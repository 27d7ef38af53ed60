/* SPDX-License-Identifier: MIT */
/* overflow.h - telling a stack overflow from any other crash. */
#ifndef UTHREADS_OVERFLOW_H
#define UTHREADS_OVERFLOW_H

/* The stack on which the handler runs. */
#define OVERFLOW_STACK (32u * 1024)
extern char overflow_stack[OVERFLOW_STACK]
    __attribute__((visibility("hidden")));

/*
 * Have a stack overflow reported: the thread, how deep it is, the size of its
 * stack, and how to enlarge it; and an access to a guard that is no overflow,
 * with the thread whose guard it is. Then the process dies of SIGSEGV as it
 * would have. Leaves a SIGSEGV handler that the program (or a sanitizer) has
 * installed before alone, and one that it installs later takes our place.
 */
void overflow_start(void);

#endif
