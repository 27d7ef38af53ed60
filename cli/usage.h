/* SPDX-License-Identifier: MIT */
/*
 * usage.h - when the reader mistyped: one line that says so.
 *
 * A line on standard error names what was not understood and lists what would
 * have been; no page of help scrolls the mistake away. Exit status 2 is the
 * caller's error, 1 the world's (a file, the disk), as everywhere here.
 */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include <argp.h>

enum { EXIT_USAGE = 2 };

/* Say one line on standard error, after "threadbare: ". */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and end with exit status 1: the world failed. */
void fail(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* The same, and end with exit status 2: the caller erred. */
void usage_error(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Every command's options end with this one. */
#define USAGE_HELP                          \
    {                                       \
        "help", '?', 0, 0, "print this", -1 \
    }

/* What every parser does with a key that is not its own: --help, and an
 * option that argp did not take, which is named with the valid ones listed,
 * exit status 2. */
error_t usage_other(int key, struct argp_state *state);

/* Parse a command's arguments. argv[0] is the command's full name. argp's own
 * messages, and with them its --help, are off: usage_other has ours. */
void usage_parse(const struct argp *argp, int argc, char **argv, void *input);

#endif
