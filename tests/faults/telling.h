/* SPDX-License-Identifier: MIT */
/* telling.h - what the parts of the story have in common. */
#ifndef TESTS_TELLING_H
#define TESTS_TELLING_H

#include "thread.h"

#include <stdbool.h>
#include <stddef.h>

enum { MS = 1000000 };

/* The first thing that went wrong; empty if nothing did. */
extern char complaint[160];

/* Complain unless the result is one of these, or 0; returns it. */
int allow(int got, int one, int other, const char *call);

/* Complain unless it is true. */
void want(bool true_, const char *what);

/* Make a thread, or be refused: 0 or an errno number. */
int make(thread_t *thread, size_t stack, bool detached, void *(*fn)(void *),
         void *arg);

/* The part about input and output; the first of these is to be called before
 * the first call of the contract. */
void story_io_begin(void);
void story_io(void);

#endif
