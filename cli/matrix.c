/* SPDX-License-Identifier: MIT */
/*
 * matrix.c - `threadbare matrix`: every experiment by every model.
 */
#include "matrix.h"

#include "commands.h"
#include "grow.h"
#include "page.h"
#include "settings.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>

enum { REPEAT_MOST = 1000 };
#define LIMIT 60.0 /* seconds a run */

/* A program and an environment each. The first two show what a user-level
 * thread is without help from an engine. */
static const struct {
    const char *title, *way;
} usual[] = {{"user", "user+blocking"},
             {"user-asm", "user-asm+blocking"},
             {"user+uring", "user+uring"},
             {"kernel", "kernel"},
             {"gil", "gil"},
             {"process", "process"}};
enum { USUAL = sizeof usual / sizeof usual[0] };

struct arguments {
    const char *models, *demos, *json;
    int repeat;
    bool wide;
};

/* ---- Which columns and rows ---- */

static bool
any_demo_has(const struct catalogue *c, const char *model)
{
    for (size_t i = 0; i < c->count; i++)
        if (demo_has_model(&c->demos[i], model))
            return true;
    return false;
}

static void
add_column(struct matrix *m, const char *title, const char *way)
{
    m->columns =
        reallocarray(m->columns, m->column_count + 1, sizeof *m->columns);
    if (!m->columns)
        fail("out of memory");
    struct matrix_column *column = &m->columns[m->column_count++];
    column->title = title;
    column->model = must_copy(way);
    column->settings = settings_take(column->model);
}

static void
add_usual_columns(struct matrix *m, const struct catalogue *c)
{
    for (int i = 0; i < USUAL; i++) {
        char *model = must_copy(usual[i].way);
        model[strcspn(model, "+")] = '\0';
        if (any_demo_has(c, model))
            add_column(m, usual[i].title, usual[i].way);
        free(model);
    }
}

static void
add_listed_columns(struct matrix *m, const struct catalogue *c, char *list)
{
    char *way;
    while ((way = strsep(&list, ","))) {
        add_column(m, way, way);
        const char *model = m->columns[m->column_count - 1].model;
        if (!any_demo_has(c, model))
            usage_error("matrix: no model '%s'; 'threadbare list' names them",
                        model);
    }
}

static void
add_row(struct matrix *m, const struct demo *demo)
{
    m->rows = reallocarray(m->rows, m->row_count + 1, sizeof *m->rows);
    if (!m->rows)
        fail("out of memory");
    m->rows[m->row_count++] = demo;
}

/* What only user-level threads can run has nothing to be compared with (the
 * bugs for the explorer): it is a row only if it is named. */
static bool
is_comparable(const struct demo *demo)
{
    for (size_t i = 0; i < demo->model_count; i++)
        if (strncmp(demo->models[i], "user", 4) != 0)
            return true;
    return false;
}

static void
add_rows(struct matrix *m, const struct catalogue *c, char *list)
{
    char *name;
    if (!list)
        for (size_t i = 0; i < c->count; i++)
            if (is_comparable(&c->demos[i]))
                add_row(m, &c->demos[i]);
    while (list && (name = strsep(&list, ",")))
        add_row(m, catalogue_demo(c, name));
}

/* ---- Cells ---- */

/* Whether a demo's verdict hangs on time, as it says itself. */
static bool
is_timed(const struct catalogue *c, const struct demo *demo)
{
    static char about[] = "--about";
    char *path = catalogue_path(c, demo->name, demo->models[0]);
    char *argv[] = {path, about, NULL};
    struct run_request request = {
        .argv = argv, .limit = LIMIT, .collect = true};
    struct run_outcome outcome = runner_run(&request);
    json_t *json = json_loads(outcome.out, 0, NULL);
    bool timed = !json_is_false(json_object_get(json, "timed"));
    json_decref(json);
    run_outcome_free(&outcome);
    free(path);
    return timed;
}

static void
make_cells(struct matrix *m, const struct catalogue *c)
{
    m->cells = must_alloc(m->row_count * m->column_count, sizeof *m->cells);
    for (size_t r = 0; r < m->row_count; r++) {
        bool timed = is_timed(c, m->rows[r]);
        for (size_t k = 0; k < m->column_count; k++) {
            struct matrix_cell *cell = &m->cells[r * m->column_count + k];
            cell->demo = m->rows[r];
            cell->column = &m->columns[k];
            cell->timed = timed;
            if (demo_has_model(cell->demo, cell->column->model))
                cell->runs = must_alloc((size_t)m->repeat, sizeof *cell->runs);
        }
    }
}

const char *
matrix_headline(const struct result *result, double *value, const char **unit)
{
    json_t *measured = json_object_get(result->json, "measured");
    void *first = json_object_iter(measured);
    json_t *number = json_object_get(json_object_iter_value(first), "value");
    json_t *of = json_object_get(json_object_iter_value(first), "unit");
    if (!json_is_number(number))
        return NULL;
    *value = json_number_value(number);
    *unit = json_is_string(of) ? json_string_value(of) : "";
    return json_object_iter_key(first);
}

/* ---- What the repetitions come to ---- */

static double
value_of(const struct result *result)
{
    double value;
    const char *unit;
    return matrix_headline(result, &value, &unit) ? value : NAN;
}

/* Those that were skipped have shown nothing: they come last. */
static int
by_value(const void *a, const void *b)
{
    double x = value_of(a), y = value_of(b);
    bool x_skipped = ((const struct result *)a)->verdict == VERDICT_SKIP;
    bool y_skipped = ((const struct result *)b)->verdict == VERDICT_SKIP;
    return x_skipped != y_skipped ? x_skipped - y_skipped : (x > y) - (x < y);
}

/* Put the runs in order. Returns how many were not skipped. */
static int
sort_runs(struct matrix_cell *cell, int repeat)
{
    qsort(cell->runs, (size_t)repeat, sizeof *cell->runs, by_value);
    while (repeat > 0 && cell->runs[repeat - 1].verdict == VERDICT_SKIP)
        repeat--;
    return repeat;
}

static bool
all_agree(const struct matrix_cell *cell, int count)
{
    for (int n = 1; n < count; n++)
        if (cell->runs[n].verdict != cell->runs[0].verdict)
            return false;
    return true;
}

static char *
why_skipped(const struct result *skipped, int times, int repeat)
{
    char *why;
    if (asprintf(&why, "skipped in %d of %d runs: %s", times, repeat,
                 skipped->why) < 0)
        fail("out of memory");
    return why;
}

static char *
why_flipped(const struct matrix_cell *cell)
{
    char *why;
    const struct result *other = cell->runs;
    while (other->verdict == VERDICT_AS_PREDICTED)
        other++; /* not all are */
    if (asprintf(&why, "its verdict is not the same in every run; one said: %s",
                 other->why ? other->why : "nothing") < 0)
        fail("out of memory");
    return why;
}

/* A verdict that is not the same each time is worth nothing: a surprise. */
static void
sum_up(struct matrix_cell *cell, int repeat)
{
    int judged = sort_runs(cell, repeat), count = judged ? judged : repeat;
    bool agree = all_agree(cell, count);
    const struct result *last = &cell->runs[repeat - 1];
    cell->middle = &cell->runs[count / 2];
    cell->verdict = agree ? cell->middle->verdict : VERDICT_SURPRISE;
    double middle = value_of(cell->middle), least = value_of(cell->runs);
    if (middle != 0 && !isnan(middle))
        cell->spread =
            fabs((value_of(&cell->runs[count - 1]) - least) / middle);
    if (!agree)
        cell->why = why_flipped(cell);
    else if (cell->verdict != VERDICT_AS_PREDICTED)
        cell->why = must_copy(cell->middle->why);
    else if (judged < repeat)
        cell->why = why_skipped(last, repeat - judged, repeat);
}

static bool
is_well(const struct matrix *m)
{
    for (size_t i = 0; i < m->row_count * m->column_count; i++)
        if (m->cells[i].runs && (m->cells[i].verdict == VERDICT_SURPRISE ||
                                 m->cells[i].verdict == VERDICT_FAILED))
            return false;
    return true;
}

/* ---- The command ---- */

static int
repeat_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || n < 1 || n > REPEAT_MOST)
        usage_error("matrix: --repeat %s is not a whole number from 1 to %d",
                    text, REPEAT_MOST);
    return (int)n;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'm': a->models = arg; return 0;
    case 'd': a->demos = arg; return 0;
    case 'j': a->json = arg; return 0;
    case 'r': a->repeat = repeat_of(arg); return 0;
    case 'w': a->wide = true; return 0;
    case ARGP_KEY_ARG: usage_error("matrix: takes no argument, not '%s'", arg);
    default: return usage_other(key, state);
    }
}

static void
free_matrix(struct matrix *m)
{
    for (size_t i = 0; i < m->row_count * m->column_count; i++) {
        for (int n = 0; m->cells[i].runs && n < m->repeat; n++)
            result_free(&m->cells[i].runs[n]);
        free(m->cells[i].runs);
        free(m->cells[i].why);
    }
    for (size_t c = 0; c < m->column_count; c++) {
        settings_free(m->columns[c].settings);
        free(m->columns[c].model);
    }
    free(m->cells);
    free(m->columns);
    free(m->rows);
}

int
command_matrix(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"models", 'm', "MODEL,...", 0,
         "the columns: MODEL[+SETTING...] each (default: all there are)", 0},
        {"demos", 'd', "DEMO,...", 0, "the rows (default: all there are)", 0},
        {"repeat", 'r', "N", 0, "run each N times: the middle, and the spread",
         0},
        {"json", 'j', "FILE", 0, "write all results there; -: only them", 0},
        {"wide", 'w', 0, 0, "all columns beside each other", 0},
        USAGE_HELP,
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Run every demo on every model, and show what each measured "
               "first. 'user' and 'user-asm' are run with blocking input and "
               "output, 'user+uring' with io_uring. Exit status 0 if every "
               "run was as predicted or skipped, else 1.",
    };
    struct arguments a = {.repeat = 1};
    struct catalogue c;
    usage_parse(&argp, argc, argv, &a);
    catalogue_read(&c);
    struct matrix m = {.repeat = a.repeat};
    char *models = a.models ? must_copy(a.models) : NULL;
    char *demos = a.demos ? must_copy(a.demos) : NULL;
    if (models)
        add_listed_columns(&m, &c, models);
    else
        add_usual_columns(&m, &c);
    add_rows(&m, &c, demos);
    make_cells(&m, &c);
    matrix_run(&m, &c, LIMIT);
    for (size_t i = 0; i < m.row_count * m.column_count; i++)
        if (m.cells[i].runs)
            sum_up(&m.cells[i], m.repeat);
    if (a.json)
        matrix_write_json(&m, a.json);
    if (!a.json || strcmp(a.json, "-") != 0)
        matrix_print(&m, a.wide);
    int status = is_well(&m) ? EXIT_SUCCESS : EXIT_FAILURE;
    free_matrix(&m);
    free(models);
    free(demos);
    catalogue_free(&c);
    return status;
}
