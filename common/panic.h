/* SPDX-License-Identifier: MIT */
/*
 * panic.h - when we erred ourselves: say so, show the threads, abort.
 *
 * An error of the world is returned; an error of the caller has POSIX's name;
 * an invariant of our own that does not hold ends here, always compiled in,
 * because every later line of output would be a guess.
 */
#ifndef COMMON_PANIC_H
#define COMMON_PANIC_H

#include <stddef.h>

/* Called by panic after its message; a model prints its thread table. */
extern void (*panic_hook)(void);

/* Print "threadbare: " and the message with write(2), run the hook, abort. */
void panic(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Before there is a thread to return an error to: say what the world refused
 * us and exit with status 1. */
void give_up(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Panic unless the invariant holds. No side effects inside. */
#define invariant(condition)                                                 \
    ((condition) ? (void)0                                                   \
                 : panic("%s:%d: this must be true: %s", __FILE__, __LINE__, \
                         #condition))

/* printf for a moment when stdio's locks and buffers cannot be trusted (a
 * signal handler, a panic): formats on the stack, writes to descriptor 2. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
