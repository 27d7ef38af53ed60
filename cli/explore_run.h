/* SPDX-License-Identifier: MIT */
/*
 * explore_run.h - a program explores itself, and we wait for it.
 *
 * What is asked of it and what it found lie in memory that both share.
 */
#ifndef CLI_EXPLORE_RUN_H
#define CLI_EXPLORE_RUN_H

#include "exploration.h"

/* The memory to share, and a descriptor of it, and their end. */
struct exploration *explore_begin(int *fd);
void explore_end(struct exploration *e, int fd);

/* Have the program explore as e asks; its last run goes into a trace unless
 * that is NULL, and its words on standard error to a file unless that is -1.
 * Ends this program if it cannot be done. */
void explore_run(struct exploration *e, int fd, char **argv, const char *trace,
                 int words);

#endif
