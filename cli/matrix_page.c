/* SPDX-License-Identifier: MIT */
/*
 * matrix_page.c - the matrix on a page.
 *
 * A cell shows what the demo measured first, and a mark. Whatever is not as
 * predicted has a footnote, which gives the reason in the demo's words; cells
 * with the same reason share one.
 */
#include "figures.h"
#include "grow.h"
#include "matrix.h"
#include "page.h"

#include <stdio.h>

enum { INDENT = 2, GAP = 1, WIDE_GAP = 3 };

struct notes {
    const char **reasons;
    size_t count, room;
};

/* The number of the footnote with this reason, from 1. */
static size_t
note_number(struct notes *notes, const char *reason)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->reasons[i], reason) == 0)
            return i + 1;
    notes->reasons = grow(notes->reasons, notes->count, &notes->room,
                          sizeof *notes->reasons);
    notes->reasons[notes->count++] = reason;
    return notes->count;
}

/* ---- Cells ---- */

static const char *
mark(enum verdict verdict)
{
    static const char *const plain[] = {"+", "!", "skip", "FAIL"};
    static const char *const pretty[] = {"✓", "!", "skip", "FAIL"};
    return (page.unicode ? pretty : plain)[verdict];
}

/* "12.3ms +", "skip[3]", "41.0ms ![4]"; and where it was run several times with
 * the spread, "12.3ms 5% +". Returns its columns. */
static int
cell_text(const struct matrix_cell *cell, struct notes *notes, char *text,
          size_t size)
{
    char value[24] = "", spread[16] = "", note[16] = "";
    double number;
    const char *unit;
    if (!cell->runs)
        return snprintf(text, size, "%s", "");
    bool measured = cell->verdict == VERDICT_AS_PREDICTED ||
                    cell->verdict == VERDICT_SURPRISE;
    if (measured && matrix_headline(cell->middle, &number, &unit))
        figure_words(number, unit, value, sizeof value);
    if (measured && cell->spread >= 0.005)
        snprintf(spread, sizeof spread, "%.0f%% ", 100 * cell->spread);
    if (cell->why)
        snprintf(note, sizeof note, "[%zu]", note_number(notes, cell->why));
    snprintf(text, size, "%s%s%s%s%s", value, value[0] ? " " : "", spread,
             mark(cell->verdict), note);
    return (int)strlen(text) - (strstr(text, "✓") ? (int)strlen("✓") - 1 : 0);
}

static void
print_cell(const struct matrix_cell *cell, struct notes *notes, int width)
{
    static const enum ink inks[] = {INK_GOOD, INK_BAD, INK_WAIT, INK_BAD};
    char text[64];
    int columns = cell_text(cell, notes, text, sizeof text);
    printf("%*s", columns < width ? width - columns : 0, "");
    page_ink(inks[cell->verdict]);
    fputs(text, stdout);
    page_ink(INK_PLAIN);
}

/* ---- Widths ---- */

static int
larger(int a, int b)
{
    return a > b ? a : b;
}

static const struct matrix_cell *
cell_at(const struct matrix *m, size_t row, size_t column)
{
    return &m->cells[row * m->column_count + column];
}

/* The columns of a title's longer half: settings stand below the model. */
static int
title_width(const char *title)
{
    int model = (int)strcspn(title, "+");
    return larger(model, (int)strlen(title) - model);
}

/* A note's number takes up to four columns. */
static int
column_width(const struct matrix *m, size_t column)
{
    char text[64];
    int width = title_width(m->columns[column].title);
    for (size_t r = 0; r < m->row_count; r++) {
        struct matrix_cell cell = *cell_at(m, r, column);
        int note = cell.why ? 4 : 0;
        cell.why = NULL;
        width = larger(width, cell_text(&cell, NULL, text, sizeof text) + note);
    }
    return width;
}

static int
name_width(const struct matrix *m)
{
    int width = (int)strlen("demo");
    for (size_t r = 0; r < m->row_count; r++)
        width = larger(width, (int)strlen(m->rows[r]->name));
    return width;
}

/* What the row's numbers are: the first cell that has one knows. */
static const char *
measure_of(const struct matrix *m, size_t row)
{
    double value;
    const char *unit;
    for (size_t c = 0; c < m->column_count; c++) {
        const struct matrix_cell *cell = cell_at(m, row, c);
        const char *name =
            cell->middle ? matrix_headline(cell->middle, &value, &unit) : NULL;
        if (name)
            return name;
    }
    return "";
}

static int
measure_width(const struct matrix *m)
{
    int width = (int)strlen("measured");
    for (size_t r = 0; r < m->row_count; r++)
        width = larger(width, (int)strlen(measure_of(m, r)));
    return width;
}

/* ---- The table ---- */

/* The settings of each column, if any has some. */
static void
print_settings(const struct matrix *m, size_t first, size_t last, int indent,
               int gap)
{
    bool any = false;
    int width = indent; /* not printed yet: no line ends in blanks */
    for (size_t c = first; c < last; c++) {
        const char *settings = strchr(m->columns[c].title, '+');
        width += gap + column_width(m, c);
        if (!settings)
            continue;
        printf("%*s", width, settings);
        width = 0;
        any = true;
    }
    if (any)
        putchar('\n');
}

/* Columns first to last, not included, with the names of the rows. */
static void
print_part(const struct matrix *m, size_t first, size_t last,
           struct notes *notes, bool wide)
{
    int name = name_width(m), measure = wide ? measure_width(m) : 0;
    int gap = wide ? WIDE_GAP : GAP;
    page_ink(INK_BOLD);
    printf("%*s%-*s", INDENT, "", name, "demo");
    if (wide)
        printf("%*s%-*s", gap, "", measure, "measured");
    for (size_t c = first; c < last; c++) {
        const char *title = m->columns[c].title;
        int model = (int)strcspn(title, "+");
        printf("%*s%*s%.*s", gap, "", column_width(m, c) - model, "", model,
               title);
    }
    putchar('\n');
    print_settings(m, first, last, INDENT + name + (wide ? gap + measure : 0),
                   gap);
    page_ink(INK_PLAIN);
    for (size_t r = 0; r < m->row_count; r++) {
        printf("%*s%-*s", INDENT, "", name, m->rows[r]->name);
        if (wide)
            printf("%*s%-*s", gap, "", measure, measure_of(m, r));
        for (size_t c = first; c < last; c++) {
            printf("%*s", gap, "");
            print_cell(cell_at(m, r, c), notes, column_width(m, c));
        }
        putchar('\n');
    }
}

/* As many columns beside each other as the page is wide. */
static void
print_table(const struct matrix *m, struct notes *notes, bool wide)
{
    for (size_t first = 0; first < m->column_count;) {
        int used = INDENT + name_width(m);
        size_t last = first;
        do {
            used += GAP + column_width(m, last);
            last++;
        } while (last < m->column_count &&
                 (wide || used + GAP + column_width(m, last) <= page.width));
        print_part(m, first, last, notes, wide);
        putchar('\n');
        first = last;
    }
}

static void
print_notes(const struct notes *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        char number[16];
        int width = snprintf(number, sizeof number, "[%zu] ", i + 1);
        printf("%*s%s", INDENT, "", number);
        page_wrap(notes->reasons[i], INDENT + width, INDENT + width);
    }
    if (notes->count)
        putchar('\n');
}

/* "37 as predicted, 1 surprise, 4 skipped, 0 failed". */
static void
print_sum(const struct matrix *m)
{
    size_t of[VERDICT_FAILED + 1] = {0};
    for (size_t i = 0; i < m->row_count * m->column_count; i++)
        if (m->cells[i].runs)
            of[m->cells[i].verdict]++;
    printf("%zu as predicted (%s), %zu surprises (!), %zu skipped, %zu failed",
           of[VERDICT_AS_PREDICTED], mark(VERDICT_AS_PREDICTED),
           of[VERDICT_SURPRISE], of[VERDICT_SKIP], of[VERDICT_FAILED]);
    if (m->repeat > 1)
        printf("; each the middle of %d runs, and how far they spread",
               m->repeat);
    putchar('\n');
}

void
matrix_print(const struct matrix *m, bool wide)
{
    struct notes notes = {.count = 0};
    print_table(m, &notes, wide);
    print_notes(&notes);
    print_sum(m);
    free(notes.reasons);
}
