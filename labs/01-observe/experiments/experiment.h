/* SPDX-License-Identifier: MIT */
/*
 * experiment.h - what the experiments share: arguments that must be numbers,
 * and an answer that grows letter by letter.
 */
#ifndef LABS_OBSERVE_EXPERIMENT_H
#define LABS_OBSERVE_EXPERIMENT_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS_MOST 26
#define LETTERS_MOST 4096

/* First of all. This library was built without io_uring, which no experiment
 * needs; it need not say so each time. */
static inline void
experiment_begin(void)
{
    setenv("UTHREADS_IO", "epoll", 0);
}

/* Say how it is used, and end. */
static inline void __attribute__((noreturn)) experiment_usage(const char *usage)
{
    fprintf(stderr, "usage: %s\n", usage);
    exit(2);
}

/* A number in this range from the front of a word; *rest is what follows. */
static inline int
experiment_number(const char *word, char **rest, int least, int most,
                  const char *usage)
{
    char *end;
    errno = 0;
    long number = strtol(word, &end, 10);
    if (end == word || errno || number < least || number > most ||
        (!rest && *end)) {
        fprintf(stderr, "'%s' is not a number from %d to %d\n", word, least,
                most);
        experiment_usage(usage);
    }
    if (rest)
        *rest = end;
    return (int)number;
}

static char experiment_letters[LETTERS_MOST + 1];

/* A letter more, for the thread of this number. */
static inline void
experiment_add_letter(int thread)
{
    static int count;
    if (count < LETTERS_MOST)
        experiment_letters[count++] = (char)('A' + thread);
}

#endif
