/* SPDX-License-Identifier: MIT */
/*
 * matrix_json.c - the matrix as one JSON object.
 *
 *      machine   CPUs that may be used, the kernel, and what it denies us
 *      columns   their titles
 *      cells     the demos' own objects, each with its "column"; with --repeat
 *                that of the run in the middle, and all values and verdicts
 */
#include "grow.h"
#include "matrix.h"
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- The machine ---- */

/* A call that would be well but for its arguments fails with one of these. */
static bool
is_denied(long result, const char **why)
{
    bool there = result >= 0 || errno == EINVAL || errno == EFAULT;
    if (result >= 0)
        close((int)result);
    *why = strerror(errno);
    return !there;
}

static void
note_denied(json_t *denied, const char *what, long result)
{
    const char *why;
    if (is_denied(result, &why))
        json_object_set_new(denied, what, json_string(why));
}

static json_t *
what_is_denied(void)
{
    struct perf_event_attr switches = {.type = PERF_TYPE_SOFTWARE,
                                       .size = sizeof switches,
                                       .config = PERF_COUNT_SW_DUMMY,
                                       .exclude_kernel = 1,
                                       .context_switch = 1};
    json_t *denied = json_object();
    note_denied(denied, "io_uring", syscall(SYS_io_uring_setup, 0, NULL));
    note_denied(denied, "perf_event",
                syscall(SYS_perf_event_open, &switches, 0, -1, -1, 0));
    note_denied(denied, "userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
    return denied;
}

static json_t *
machine(void)
{
    struct utsname name;
    cpu_set_t set;
    uname(&name);
    int cpus =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return json_pack("{s:i, s:s, s:s, s:o}", "cpus", cpus, "kernel",
                     name.release, "processor", name.machine, "denied",
                     what_is_denied());
}

/* ---- The cells ---- */

/* What each repetition came to. */
static json_t *
all_runs(const struct matrix_cell *cell, int repeat)
{
    json_t *runs = json_array();
    for (int n = 0; n < repeat; n++) {
        double value;
        const char *unit;
        json_t *run =
            json_pack("{s:s}", "verdict", verdict_words(cell->runs[n].verdict));
        if (matrix_headline(&cell->runs[n], &value, &unit))
            json_object_set_new(run, "value", json_real(value));
        json_array_append_new(runs, run);
    }
    return runs;
}

static json_t *
object_of(const struct matrix_cell *cell, int repeat)
{
    static const char *const verdicts[] = {"as-predicted", "surprise", "skip",
                                           "failed"};
    json_t *o =
        cell->middle->json ? json_copy(cell->middle->json) : json_object();
    json_object_set_new(o, "demo", json_string(cell->demo->name));
    json_object_set_new(o, "column", json_string(cell->column->title));
    json_object_set_new(o, "verdict", json_string(verdicts[cell->verdict]));
    if (cell->why)
        json_object_set_new(o, "reason", json_string(cell->why));
    if (repeat > 1) {
        json_object_set_new(o, "spread", json_real(cell->spread));
        json_object_set_new(o, "runs", all_runs(cell, repeat));
    }
    return o;
}

static void
write_object(FILE *file, const void *object)
{
    json_dumpf(object, file, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    fputc('\n', file);
}

void
matrix_write_json(const struct matrix *m, const char *path)
{
    json_t *columns = json_array(), *cells = json_array();
    for (size_t c = 0; c < m->column_count; c++)
        json_array_append_new(columns, json_string(m->columns[c].title));
    for (size_t i = 0; i < m->row_count * m->column_count; i++)
        if (m->cells[i].runs)
            json_array_append_new(cells, object_of(&m->cells[i], m->repeat));
    json_t *o = json_pack("{s:o, s:o, s:o}", "machine", machine(), "columns",
                          columns, "cells", cells);
    if (!o)
        fail("out of memory");
    if (strcmp(path, "-") == 0)
        write_object(stdout, o);
    else
        whole_file_write(path, write_object, o);
    json_decref(o);
}
