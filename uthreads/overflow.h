/* SPDX-License-Identifier: MIT */
/* overflow.h - telling a stack overflow from any other crash. */
#ifndef UTHREADS_OVERFLOW_H
#define UTHREADS_OVERFLOW_H

/*
 * Have a stack overflow reported: the thread, the size of its stack, and how
 * to enlarge it; then the process dies of SIGSEGV as it would have. Leaves a
 * SIGSEGV handler that the program (or a sanitizer) has installed alone.
 */
void overflow_start(void);

#endif
