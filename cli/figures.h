/* SPDX-License-Identifier: MIT */
/*
 * figures.h - the measured numbers of several runs, beside each other.
 */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include "result.h"

struct column {
    const char *title; /* "blocking:user" */
    const struct result *result;
};

/* A row for each measure that any run has, a column for each run; as many
 * columns side by side as the page is wide. False if there was nothing. */
bool figures_print(const struct column *columns, size_t count);

/* A number and its unit in few letters: "12.3ms", "41.2k". Units of time and
 * of memory are changed for larger ones; any other is left out. */
void figure_words(double value, const char *unit, char *text, size_t size);

#endif
