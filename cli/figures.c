/* SPDX-License-Identifier: MIT */
/* figures.c - see figures.h. */
#include "figures.h"

#include "grow.h"
#include "page.h"

#include <math.h>
#include <stdio.h>

enum { INDENT = 2, GAP = 2 };

/* ---- Rows ---- */

/* A measure: its name and unit, as the first run that has it says. */
struct row {
    const char *name;
    const char *unit;
};

struct rows {
    struct row *rows;
    size_t count, room;
};

static bool
has_row(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->rows[i].name, name) == 0)
            return true;
    return false;
}

static void
collect(struct rows *rows, const struct result *result)
{
    const char *name;
    json_t *measure;
    json_object_foreach(json_object_get(result->json, "measured"), name,
                        measure)
    {
        const char *unit = json_string_value(json_object_get(measure, "unit"));
        if (has_row(rows, name))
            continue;
        rows->rows =
            grow(rows->rows, rows->count, &rows->room, sizeof *rows->rows);
        rows->rows[rows->count++] = (struct row){name, unit ? unit : ""};
    }
}

/* "longest silence, ms" */
static void
row_label(const struct row *row, char *label, size_t size)
{
    snprintf(label, size, "%s%s%s", row->name, row->unit[0] ? ", " : "",
             row->unit);
    for (char *c = label; *c; c++)
        if (*c == '_')
            *c = ' ';
}

/* ---- Cells ---- */

/* Three or four figures that count; "-" where there is no number. */
static void
cell_text(const struct column *column, const struct row *row, char *text,
          size_t size)
{
    json_t *measured = json_object_get(column->result->json, "measured");
    json_t *measure = json_object_get(measured, row->name);
    json_t *number = json_object_get(measure, "value");
    if (!json_is_number(number)) {
        snprintf(text, size, "-");
        return;
    }
    double value = json_number_value(number);
    double large = fabs(value);
    bool whole = json_is_integer(number) || value == floor(value);
    int digits = whole || large >= 1000 ? 0
                 : large >= 10          ? 1
                 : large >= 1           ? 2
                                        : 3;
    if (large >= 1e12)
        snprintf(text, size, "%.3g", value);
    else
        snprintf(text, size, "%.*f", digits, value);
}

static int
wider(int a, size_t b)
{
    return a > (int)b ? a : (int)b;
}

static int
label_width(const struct rows *rows)
{
    char text[64];
    int width = (int)strlen("measured");
    for (size_t i = 0; i < rows->count; i++) {
        row_label(&rows->rows[i], text, sizeof text);
        width = wider(width, strlen(text));
    }
    return width;
}

static int
column_width(const struct column *column, const struct rows *rows)
{
    char text[64];
    int width = (int)strlen(column->title);
    for (size_t i = 0; i < rows->count; i++) {
        cell_text(column, &rows->rows[i], text, sizeof text);
        width = wider(width, strlen(text));
    }
    return width;
}

/* ---- Tables ---- */

static void
print_table(const struct column *columns, size_t count, const struct rows *rows,
            int label)
{
    char text[64];
    page_ink(INK_BOLD);
    printf("%*s%-*s", INDENT, "", label, "measured");
    for (size_t c = 0; c < count; c++)
        printf("%*s%*s", GAP, "", column_width(&columns[c], rows),
               columns[c].title);
    page_ink(INK_PLAIN);
    putchar('\n');
    for (size_t i = 0; i < rows->count; i++) {
        row_label(&rows->rows[i], text, sizeof text);
        printf("%*s", INDENT, "");
        int wide = page_print(text);
        printf("%*s", label - wide, "");
        for (size_t c = 0; c < count; c++) {
            cell_text(&columns[c], &rows->rows[i], text, sizeof text);
            printf("%*s%*s", GAP, "", column_width(&columns[c], rows), text);
        }
        putchar('\n');
    }
}

bool
figures_print(const struct column *columns, size_t count)
{
    struct rows rows = {.count = 0};
    for (size_t i = 0; i < count; i++)
        collect(&rows, columns[i].result);
    int label = label_width(&rows);
    for (size_t first = 0; rows.count && first < count;) {
        int used = INDENT + label;
        size_t next = first;
        do {
            used += GAP + column_width(&columns[next], &rows);
            next++;
        } while (next < count &&
                 used + GAP + column_width(&columns[next], &rows) <=
                     page.width);
        print_table(columns + first, next - first, &rows, label);
        first = next;
    }
    free(rows.rows);
    return rows.count > 0;
}

/* ---- One number ---- */

/* Units that follow one another; a step is so much. */
static const struct ladder {
    const char *units[5];
    double step;
} ladders[] = {{{"ns", "us", "ms", "s", NULL}, 1000},
               {{"B", "KiB", "MiB", "GiB", NULL}, 1024},
               {{"", "k", "M", "G", NULL}, 1000}};
enum { LADDERS = sizeof ladders / sizeof ladders[0] };

/* Where a unit stands; a foreign one at the foot of the last, without its
 * name. */
static const struct ladder *
find_unit(const char *unit, size_t *at)
{
    for (size_t i = 0; i < LADDERS; i++)
        for (*at = 0; ladders[i].units[*at]; ++*at)
            if (strcmp(ladders[i].units[*at], unit) == 0)
                return &ladders[i];
    *at = 0;
    return &ladders[LADDERS - 1];
}

void
figure_words(double value, const char *unit, char *text, size_t size)
{
    if (strcmp(unit, "%") == 0) {
        snprintf(text, size, value < 1 ? "%.2g%%" : "%.3g%%", value);
        return;
    }
    size_t at;
    const struct ladder *ladder = find_unit(unit, &at);
    bool named = ladder != &ladders[LADDERS - 1];
    double most = named ? ladder->step : 10 * ladder->step;
    while (fabs(value) >= most && ladder->units[at + 1]) {
        value /= ladder->step;
        at++;
        most = ladder->step;
    }
    double large = fabs(value);
    int digits = value == floor(value) || large >= 100 ? 0
                 : large >= 10                         ? 1
                                                       : 2;
    if (digits > 0 && strlen(ladder->units[at]) > 2)
        digits--; /* all in eight letters, with the mark */
    snprintf(text, size, "%.*f%s", digits, value, ladder->units[at]);
}
