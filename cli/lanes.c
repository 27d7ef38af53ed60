/* SPDX-License-Identifier: MIT */
/*
 * lanes.c - see lanes.h.
 *
 * The page has three parts that must line up: a label, the cells of a lane
 * (cells.h says what one shows), and the axis under them. What a cell shows is
 * a letter; cells that show the same make a stretch, and a stretch that is
 * long enough has its reason written inside.
 */
#include "lanes.h"

#include "cells.h"
#include "grow.h"
#include "page.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    INDENT = 2,
    LABEL_COLUMNS = 15,
    LANES_MOST = 10, /* drawn one by one; above it all but a few are summed */
    TICK_COLUMNS = 9 /* at least so far apart */
};

struct frame {
    int label; /* columns of a label */
    int cells;
    double ns; /* of a cell */
};

/* ---- Letters ---- */

static const char *
letter(enum state state)
{
    static const char *const ascii[] = {" ", "#", "-", ".", "~", "?"};
    static const char *const unicode[] = {" ", "█", "░", "·", "≈", "?"};
    return page.unicode ? unicode[state] : ascii[state];
}

static enum ink
ink_of(enum state state)
{
    static const enum ink inks[] = {INK_PLAIN, INK_GOOD, INK_WAIT,
                                    INK_REST,  INK_BAD,  INK_DIM};
    return inks[state];
}

/* A stretch of cells in one state, with its reason written inside where there
 * is room for it and two letters on each side. */
static void
draw_stretch(enum state state, int length, const char *text)
{
    int wide = (int)strlen(text);
    int before = wide && wide + 4 <= length ? (length - wide) / 2 : length;
    page_ink(ink_of(state));
    for (int i = 0; i < before; i++)
        fputs(letter(state), stdout);
    if (before < length) {
        page_ink(INK_PLAIN);
        fputs(text, stdout);
        page_ink(ink_of(state));
        for (int i = before + wide; i < length; i++)
            fputs(letter(state), stdout);
    }
    page_ink(INK_PLAIN);
}

static bool
same_stretch(const struct cell *a, const struct cell *b)
{
    return a->state == b->state &&
           (a->state < STATE_BLOCKED || a->why == b->why);
}

/* What to write into a stretch of so many cells; "" for the states that
 * explain themselves. */
static void
describe(const struct timeline *t, const struct cell *cell, int length,
         char *text, size_t size)
{
    char reason[48];
    switch (cell->state) {
    case STATE_BLOCKED:
        timeline_reason(t, cell->why, reason, sizeof reason);
        snprintf(text, size, " %s ", reason);
        break;
    case STATE_STALLED:
        snprintf(text, size,
                 length < 30 ? " stalled " : " stalled in the kernel ");
        break;
    case STATE_UNKNOWN: snprintf(text, size, " not recorded "); break;
    default: text[0] = '\0';
    }
}

static void
draw_cells(const struct timeline *t, const struct frame *f,
           const struct cell *cells, bool reasons)
{
    int last = f->cells;
    while (last > 0 && cells[last - 1].state == STATE_NONE)
        last--; /* no blanks at the end of a line */
    for (int i = 0; i < last;) {
        int next = i + 1;
        while (next < last && same_stretch(&cells[i], &cells[next]))
            next++;
        char text[64] = "";
        if (reasons)
            describe(t, &cells[i], next - i, text, sizeof text);
        draw_stretch(cells[i].state, next - i, text);
        i = next;
    }
    putchar('\n');
}

static void
draw_lane(const struct timeline *t, const struct frame *f,
          const struct lane *lane, const char *label, bool reasons)
{
    static struct cell cells[CELLS_MOST];
    cells_fill(lane, f->ns, cells, f->cells);
    printf("%*s%-*.*s ", INDENT, "", f->label, f->label, label);
    draw_cells(t, f, cells, reasons);
}

/* ---- The axis ---- */

/* The least of 1, 2, 5, 10, 20 ... that is at least so much. */
static double
round_step(double least)
{
    for (double power = 1;; power *= 10)
        for (int i = 0; i < 3; i++) {
            static const double steps[] = {1, 2, 5};
            if (steps[i] * power >= least)
                return steps[i] * power;
        }
}

struct ticks {
    const char *unit;
    double step;    /* of that unit, from tick to tick */
    double columns; /* from tick to tick */
};

static struct ticks
choose_ticks(const struct frame *f)
{
    double total = f->ns * f->cells;
    struct ticks t = {.unit = total < 4e6 ? "us" : total < 2e10 ? "ms" : "s"};
    double unit_ns = total < 4e6 ? 1e3 : total < 2e10 ? 1e6 : 1e9;
    t.step = round_step(TICK_COLUMNS * f->ns / unit_ns);
    t.columns = t.step * unit_ns / f->ns;
    return t;
}

static void
draw_rule(const struct frame *f, const struct ticks *ticks)
{
    const char *tick = page.unicode ? "┴" : "+";
    const char *line = page.unicode ? "─" : "-";
    printf("%*s", INDENT + f->label + 1, "");
    for (int i = 0, n = 0; i < f->cells; i++) {
        bool here = i == (int)(n * ticks->columns);
        n += here;
        fputs(here ? tick : line, stdout);
    }
    putchar('\n');
}

static void
draw_marks(const struct frame *f, const struct ticks *ticks)
{
    printf("%*s", INDENT + f->label + 1, "");
    for (int n = 0, at = 0;; n++) {
        char mark[32];
        int column = (int)(n * ticks->columns);
        int wide = snprintf(mark, sizeof mark, "%.0f%s%s", n * ticks->step,
                            n ? "" : " ", n ? "" : ticks->unit);
        if (column + wide > f->cells)
            break;
        printf("%*s%s", column - at, "", mark);
        at = column + wide;
    }
    putchar('\n');
}

static void
draw_axis(const struct frame *f)
{
    struct ticks ticks = choose_ticks(f);
    page_ink(INK_DIM);
    draw_rule(f, &ticks);
    draw_marks(f, &ticks);
    page_ink(INK_PLAIN);
}

/* ---- Pictures ---- */

static struct frame
make_frame(const struct axis *axis)
{
    struct frame f = {.label = LABEL_COLUMNS};
    f.cells = page.width - INDENT - f.label - 1;
    f.ns = (double)(axis->ns ? axis->ns : 1) / f.cells;
    return f;
}

/* Many lanes are one line: how much of their lives was spent in each state. */
static void
draw_rest(const struct timeline *t, size_t first)
{
    static const char *const words[] = {"",        "running", "ready",
                                        "blocked", "stalled", "not recorded"};
    double in[STATES] = {0}, lived = 0;
    for (size_t i = first; i < t->thread_count; i++)
        for (size_t j = 0; j < t->threads[i].count; j++) {
            const struct interval *piece = &t->threads[i].intervals[j];
            double ns = (double)(piece->to - piece->from);
            in[piece->state] += ns;
            lived += ns;
        }
    printf("%*s... and %zu more threads", INDENT, "", t->thread_count - first);
    const char *between = ": ";
    for (enum state s = STATE_RUNNING; s < STATES; s++) {
        if (!(in[s] >= 0.005 * lived) || in[s] == 0)
            continue;
        printf("%s%.0f%% %s", between, 100 * in[s] / lived, words[s]);
        between = ", ";
    }
    putchar('\n');
}

void
lanes_model(const struct timeline *t)
{
    bool processes = strcmp(t->recording.header.model, "process") == 0;
    printf("(%s, ", t->many_to_one ? "many-to-one"
                    : processes    ? "a process per thread"
                                   : "one-to-one");
    page_print(t->recording.header.context);
    if (t->many_to_one) {
        printf(", ");
        page_print(t->recording.header.policy);
    }
    printf(", io: ");
    page_print(t->recording.header.io_engine);
    putchar(')');
}

void
lanes_draw(const struct timeline *t, const struct axis *axis)
{
    struct frame f = make_frame(axis);
    const struct lane *process = timeline_process(t);
    size_t lanes = t->thread_count;
    if (lanes > LANES_MOST)
        lanes = LANES_MOST - 1;
    for (size_t i = 0; i < lanes; i++) {
        char label[40];
        timeline_label(t, &t->threads[i], label, sizeof label);
        draw_lane(t, &f, &t->threads[i], label, true);
    }
    if (lanes < t->thread_count)
        draw_rest(t, lanes);
    if (t->many_to_one && process)
        draw_lane(t, &f, process, "kernel: process", false);
    draw_axis(&f);
}

/* ---- Turns instead of time ---- */

struct turns {
    uint64_t *begin; /* when each begins, in ns */
    size_t count, room;
    size_t skipped; /* so many of the first are not drawn */
};

static int
by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void
find_turns(struct turns *turns, const struct timeline *t)
{
    for (size_t i = 0; i < t->thread_count; i++)
        for (size_t j = 0; j < t->threads[i].count; j++) {
            const struct interval *in = &t->threads[i].intervals[j];
            if (in->state != STATE_RUNNING)
                continue;
            turns->begin = grow(turns->begin, turns->count, &turns->room,
                                sizeof *turns->begin);
            turns->begin[turns->count++] = in->from;
        }
    if (turns->count > 1)
        qsort(turns->begin, turns->count, sizeof *turns->begin, by_time);
}

/* The number of turns that begin before a time: what a thread enters during a
 * turn it is drawn in from the next. */
static uint64_t
turn_of(const struct turns *turns, uint64_t ns)
{
    size_t count = 0;
    while (count < turns->count && turns->begin[count] < ns)
        count++;
    return count > turns->skipped ? count - turns->skipped : 0;
}

void
lanes_draw_turns(struct timeline *t)
{
    struct turns turns = {.begin = NULL};
    struct frame f = make_frame(&(struct axis){.ns = 1});
    find_turns(&turns, t);
    size_t drawn = turns.count ? turns.count : 1;
    if (drawn > (size_t)f.cells)
        drawn = (size_t)f.cells;
    turns.skipped = turns.count - drawn;
    for (size_t i = 0; i < t->thread_count; i++)
        for (size_t j = 0; j < t->threads[i].count; j++) {
            struct interval *in = &t->threads[i].intervals[j];
            in->from = turn_of(&turns, in->from);
            in->to = turn_of(&turns, in->to);
        }
    f.cells = (int)(drawn * ((size_t)f.cells / drawn)); /* a turn is whole */
    f.ns = (double)drawn / f.cells;
    for (size_t i = 0; i < t->thread_count && i < LANES_MOST; i++) {
        char label[40];
        timeline_label(t, &t->threads[i], label, sizeof label);
        draw_lane(t, &f, &t->threads[i], label, true);
    }
    if (turns.skipped)
        printf("%*s(the last %zu of %zu turns)\n", INDENT, "", drawn,
               turns.count);
    free(turns.begin);
}

bool
lanes_stall(const struct timeline *t, const struct axis *axis)
{
    double cell = make_frame(axis).ns;
    for (size_t i = 0; i < t->thread_count; i++)
        for (size_t j = 0; j < t->threads[i].count; j++) {
            const struct interval *piece = &t->threads[i].intervals[j];
            if (piece->state == STATE_STALLED &&
                (double)(piece->to - piece->from) > cell / 2)
                return true;
        }
    return false;
}

/* A sentence on a line of its own, or on several. */
static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
tell(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    printf("%*s", INDENT, "");
    page_wrap(text, INDENT, INDENT);
}

/* One state in its own letters, followed by what it means; on a new line if
 * this one is too full. Returns the column after it. */
static int
explain(int at, enum state state, const char *meaning)
{
    int wide = INDENT + 3 + (int)strlen(meaning);
    if (at && at + wide > page.width) {
        putchar('\n');
        at = 0;
    }
    printf("%*s", INDENT, "");
    page_ink(ink_of(state));
    printf("%s%s", letter(state), letter(state));
    page_ink(INK_PLAIN);
    printf(" %s", meaning);
    return at + wide;
}

void
lanes_legend(const struct axis *axis, bool stalled)
{
    struct frame f = make_frame(axis);
    int at = explain(0, STATE_RUNNING, "running");
    at = explain(at, STATE_READY, "ready, waits for the CPU");
    at = explain(at, STATE_BLOCKED, "blocked, and on what");
    if (stalled)
        explain(
            at, STATE_STALLED,
            "stalled in the kernel, and with it every thread of its process");
    putchar('\n');
    bool ms = f.ns >= 1e5;
    tell("One column is %.3g %s; a thread that ran for %.0f%% of it shows as "
         "running.",
         f.ns / (ms ? 1e6 : 1e3), ms ? "ms" : "us", 100 * RAN_AT_LEAST);
}

void
lanes_losses(const struct timeline *t)
{
    const struct recording *r = &t->recording;
    if (r->lost_chunks)
        tell("The recording was full: up to %" PRIu64 " of the oldest events "
             "were written over.",
             r->lost_chunks * TRACE_CHUNK_RECORDS);
    if (r->lost)
        tell("%" PRIu64 " events were lost.", r->lost);
    if (r->kernel_lost && r->kernel_lost_count)
        tell("%" PRIu64 " of the kernel's records were lost.",
             r->kernel_lost_count);
    else if (r->kernel_lost)
        tell("Some of the kernel's records were lost.");
    if (!r->kernel)
        tell("No record of the kernel's: the lanes show what the library "
             "believes%s.",
             t->many_to_one ? "" : ", and running may mean ready");
    if (!r->header.complete)
        tell("The process did not end in good order: the recording stops "
             "where it did.");
}
