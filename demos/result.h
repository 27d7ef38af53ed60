/* SPDX-License-Identifier: MIT */
/*
 * result.h - what an experiment has to say in the end. For demo.c alone.
 *
 * In words for whoever sits at the terminal; or, with --json, as one object for
 * the front end.
 */
#ifndef DEMO_RESULT_H
#define DEMO_RESULT_H

#include "demo.h"

/* The exit status of an experiment. */
enum status {
    AS_PREDICTED = 0,
    SURPRISE = 1,
    USAGE = 2,
    FAILED = 3,
    SKIPPED = 77
};

/* In words, how far what is said stands from the left. */
enum { RESULT_INDENT = 11 };

/* Print what was measured and found, and what came of it. */
void result_print(const struct demo_run *d, enum status status,
                  const char *reason);

/* Print only what it is about: --about. */
void result_print_about(const struct demo *demo);

/* End with this status, unless what was printed did not arrive. A reader that
 * went away has seen enough; a full disk is an error. */
void result_end(enum status status) __attribute__((noreturn));

#endif
