/* SPDX-License-Identifier: MIT */
/*
 * enters.h - the calls of io_uring_enter, counted, whoever makes them.
 *
 * liburing makes the system call in the middle of its functions, where no
 * linker can put anything between. So the kernel is asked to: a filter turns
 * each io_uring_enter of the process into a signal, whose handler counts it,
 * makes it, and gives its result to the caller. What was handed over is the
 * kernel's own word, the call's result.
 */
#ifndef LABS_HARNESS_ENTERS_H
#define LABS_HARNESS_ENTERS_H

struct enters {
    unsigned calls;     /* of io_uring_enter */
    unsigned submitted; /* operations that the kernel took from them */
};

/* Begin, before the first call of the library. */
void enters_begin(void);

/* What was counted since the last time this was asked. */
struct enters enters_since(void);

#endif
