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

/* For a parser's ARGP_KEY_ERROR: name the option that argp did not take, list
 * the valid ones, and end with exit status 2. */
void usage_bad_option(const struct argp_state *state) __attribute__((noreturn));

/* Parse a command's arguments. argv[0] is the command's name; argp's own
 * messages are off, the parser calls usage_bad_option instead. */
void usage_parse(const struct argp *argp, int argc, char **argv, void *input);

#endif
