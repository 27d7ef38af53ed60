/* SPDX-License-Identifier: MIT */
/*
 * flags.h - the command line of an experiment. For demo.c alone.
 */
#ifndef DEMO_FLAGS_H
#define DEMO_FLAGS_H

#include "demo.h"

/* Read it into *d. Ends with a message if a flag is wrong, and after --help.
 * Returns whether the experiment is only to say what it is about. */
bool flags_read(struct demo_run *d, int argc, char **argv);

#endif
