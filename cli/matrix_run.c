/* SPDX-License-Identifier: MIT */
/*
 * matrix_run.c - run all cells of a matrix, and watch the clock meanwhile.
 *
 * Two passes: first the cells where no time decides, as many at once as there
 * are CPUs; then the others, one after another. The runs are made by worker
 * processes, also where there is only one, so that this one can show how far
 * they are. A worker takes the next cell that nobody has taken, and leaves the
 * results, as JSON, in memory that all of them share.
 */
#include "matrix.h"

#include "clock.h"
#include "grow.h"
#include "leave.h"
#include "page.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RESULT_ROOM = 1 << 15, /* bytes of one cell's results for one run */
    LOOK_MS = 100,
    BAR = 24 /* columns */
};

/* What the workers and we share, besides the slots. */
struct board {
    atomic_size_t next; /* cell, for whoever is free */
    atomic_size_t now;  /* the cell begun last */
    atomic_size_t done; /* runs */
};

static struct board *board;

/* For each cell an array as JSON, [[VERDICT, WHY, OBJECT], ...]; "" until then.
 */
static char *slots;

static size_t
cells_of(const struct matrix *m)
{
    return m->row_count * m->column_count;
}

static size_t
slot_size(const struct matrix *m)
{
    return (size_t)m->repeat * RESULT_ROOM;
}

static char *
slot_of(const struct matrix *m, size_t cell)
{
    return slots + cell * slot_size(m);
}

/* Memory that our workers and we share. What is not written takes no room. */
static void *
share(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        fail("matrix: no memory for the results: %s", strerror(errno));
    return p;
}

/* ---- In a worker ---- */

/* The model did not take the setting: where an engine was insisted on, this
 * machine has none; anything else is our caller's error, found in good time by
 * whoever runs the demo by hand. */
static bool
is_refused(const struct matrix_cell *cell, const struct run_outcome *o)
{
    bool engine = false;
    for (char **s = cell->column->settings; *s; s++)
        engine |= strncmp(*s, "UTHREADS_IO=", 12) == 0;
    return engine && WIFEXITED(o->status) &&
           WEXITSTATUS(o->status) == EXIT_USAGE;
}

static struct result
run_once(const struct matrix_cell *cell, const struct catalogue *c,
         double limit)
{
    static char json[] = "--json";
    char *path = catalogue_path(c, cell->demo->name, cell->column->model);
    char *argv[] = {path, json, NULL};
    struct run_request request = {.argv = argv,
                                  .settings = cell->column->settings,
                                  .limit = limit,
                                  .collect = true};
    struct run_outcome outcome = runner_run(&request);
    struct result result = {.verdict = VERDICT_SKIP};
    if (is_refused(cell, &outcome))
        result.why = must_copy(last_words(&outcome));
    else
        result = result_of(&outcome, limit);
    run_outcome_free(&outcome);
    free(path);
    return result;
}

static void
do_cell(const struct matrix *m, size_t i, const struct catalogue *c,
        double limit)
{
    json_t *all = json_array();
    for (int n = 0; n < m->repeat; n++) {
        struct result r = run_once(&m->cells[i], c, limit);
        json_array_append_new(
            all, json_pack("[i, s, O?]", (int)r.verdict, r.why, r.json));
        result_free(&r);
        atomic_fetch_add(&board->done, 1);
    }
    size_t used = json_dumpb(all, slot_of(m, i), slot_size(m) - 1, 0);
    if (used >= slot_size(m)) /* an empty slot: it counts as failed */
        slot_of(m, i)[0] = '\0';
    json_decref(all);
}

/* Take cells of this pass until there are none. */
static void work(const struct matrix *m, bool timed, const struct catalogue *c,
                 double limit) __attribute__((noreturn));

static void
work(const struct matrix *m, bool timed, const struct catalogue *c,
     double limit)
{
    size_t i;
    while ((i = atomic_fetch_add(&board->next, 1)) < cells_of(m)) {
        if (!m->cells[i].runs || m->cells[i].timed != timed)
            continue;
        atomic_store(&board->now, i);
        do_cell(m, i, c, limit);
    }
    _exit(EXIT_SUCCESS);
}

/* ---- Progress ---- */

/* "####----  17 of 240, about 40 s left: dns on kernel". */
static void
show_progress(const struct matrix *m, uint64_t began, size_t all)
{
    size_t done = atomic_load(&board->done);
    const struct matrix_cell *now = &m->cells[atomic_load(&board->now)];
    double spent = (double)(clock_now() - began) / 1e9;
    if (!page.terminal || !isatty(STDERR_FILENO))
        return;
    char bar[BAR + 1];
    memset(bar, '-', BAR);
    memset(bar, '#', all ? done * BAR / all : 0);
    bar[BAR] = '\0';
    fprintf(stderr, "\r%s %zu of %zu", bar, done, all);
    if (done)
        fprintf(stderr, ", about %.0f s left",
                spent / (double)done * (double)(all - done));
    fprintf(stderr, ": %.18s on %.18s\033[K", now->demo->name,
            now->column->title);
}

static void
end_progress(void)
{
    if (page.terminal && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* ---- The passes ---- */

static int
cpus(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < LEAVE_CHILDREN_MOST ? n : LEAVE_CHILDREN_MOST;
}

static void
await_workers(pid_t *workers, int count, const struct matrix *m, uint64_t began,
              size_t all)
{
    for (int alive = count; alive > 0;) {
        for (int i = 0; i < count; i++)
            if (workers[i] && waitpid(workers[i], NULL, WNOHANG) != 0) {
                leave_child_gone(workers[i]);
                workers[i] = 0;
                alive--;
            }
        show_progress(m, began, all);
        if (alive > 0)
            poll(NULL, 0, LOOK_MS);
    }
}

static void
pass(const struct matrix *m, bool timed, const struct catalogue *c,
     double limit, uint64_t began, size_t all)
{
    pid_t workers[LEAVE_CHILDREN_MOST];
    int count = timed ? 1 : cpus();
    atomic_store(&board->next, 0);
    for (int i = 0; i < count; i++) {
        workers[i] = leave_fork();
        if (workers[i] < 0)
            fail("fork: %s", strerror(errno));
        if (workers[i] == 0)
            work(m, timed, c, limit);
    }
    await_workers(workers, count, m, began, all);
}

/* Read what a worker has left of a cell. */
static void
collect(const struct matrix *m, size_t cell)
{
    struct matrix_cell *of = &m->cells[cell];
    json_t *all = json_loads(slot_of(m, cell), 0, NULL);
    for (int n = 0; n < m->repeat; n++) {
        json_t *one = json_array_get(all, (size_t)n);
        const char *why = json_string_value(json_array_get(one, 1));
        json_t *object = json_array_get(one, 2);
        of->runs[n] = (struct result){
            .verdict =
                one ? (enum verdict)json_integer_value(json_array_get(one, 0))
                    : VERDICT_FAILED,
            .why = must_copy(why ? why : "its results were lost"),
            .json = json_is_object(object) ? json_incref(object) : NULL};
    }
    json_decref(all);
}

void
matrix_run(struct matrix *m, const struct catalogue *c, double limit)
{
    size_t all = 0;
    uint64_t began = clock_now();
    board = share(sizeof *board);
    slots = share(cells_of(m) * slot_size(m));
    for (size_t i = 0; i < cells_of(m); i++)
        all += m->cells[i].runs ? (size_t)m->repeat : 0;
    pass(m, false, c, limit, began, all);
    pass(m, true, c, limit, began, all);
    end_progress();
    for (size_t i = 0; i < cells_of(m); i++)
        if (m->cells[i].runs)
            collect(m, i);
    munmap(slots, cells_of(m) * slot_size(m));
    munmap(board, sizeof *board);
}
