/* SPDX-License-Identifier: MIT */
/*
 * comparison.h - the page that `threadbare compare` is for.
 *
 * A picture of each run, all on one time axis; the measured numbers in one
 * table; and what each demo concludes from its own. We conclude nothing
 * ourselves.
 */
#ifndef CLI_COMPARISON_H
#define CLI_COMPARISON_H

#include "catalogue.h"
#include "result.h"
#include "timeline.h"

struct run {
    const struct demo *demo;
    char *model;     /* "user" */
    char **settings; /* of its environment, see settings.h */
    char *way;       /* the model with its settings: "user+lottery" */
    char *title;     /* "blocking:user+lottery" */
    struct result result;
    struct timeline timeline;
    const char *no_timeline; /* why there is none; NULL: there is one */
    char denied[160];        /* why the kernel's record is missing, or "" */
    char *said;              /* its last line on standard error, or "" */
};

void comparison_print(const struct run *runs, size_t count);

#endif
