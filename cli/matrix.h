/* SPDX-License-Identifier: MIT */
/*
 * matrix.h - every experiment by every model.
 *
 * A row is a demo, a column is a way to run it: a model, perhaps with settings
 * (settings.h). A cell is what the demo said of itself there, once or several
 * times.
 */
#ifndef CLI_MATRIX_H
#define CLI_MATRIX_H

#include "catalogue.h"
#include "result.h"

struct matrix_column {
    const char *title; /* "user+uring" */
    char *model;       /* "user" */
    char **settings;
};

struct matrix_cell {
    const struct demo *demo;
    const struct matrix_column *column;
    bool timed;          /* nothing may run beside it */
    struct result *runs; /* one for each repetition; NULL: no such program */

    /* Of all repetitions. */
    enum verdict verdict;
    const struct result *middle; /* the run with the value in the middle */
    double spread;               /* largest - smallest value, of the middle */
    char *why;                   /* footnote; NULL: none is needed */
};

struct matrix {
    struct matrix_column *columns;
    size_t column_count;
    const struct demo **rows;
    size_t row_count;
    struct matrix_cell *cells; /* row by row */
    int repeat;
};

/* The cell's first measured number: its name and unit, or NULL. */
const char *matrix_headline(const struct result *result, double *value,
                            const char **unit);

/* Run all cells; see matrix_run.c. */
void matrix_run(struct matrix *m, const struct catalogue *c, double limit);

/* The table, its footnotes, and a line that sums up. Wide: with the name of
 * what was measured, whatever the width of the page. */
void matrix_print(const struct matrix *m, bool wide);

/* One object: the machine, the columns, and the demos' own objects. */
void matrix_write_json(const struct matrix *m, const char *path);

#endif
