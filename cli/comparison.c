/* SPDX-License-Identifier: MIT */
/* comparison.c - see comparison.h. */
#include "comparison.h"

#include "figures.h"
#include "grow.h"
#include "lanes.h"
#include "page.h"

#include <stdio.h>

enum { INDENT = 2, REASON = 4 };

/* A run that skipped did nothing worth drawing. */
static bool
is_drawn(const struct run *run)
{
    return !run->no_timeline && run->result.verdict != VERDICT_SKIP;
}

static struct axis
common_axis(const struct run *runs, size_t count)
{
    struct axis axis = {.ns = 0};
    for (size_t i = 0; i < count; i++)
        if (is_drawn(&runs[i]) && runs[i].timeline.recording.end > axis.ns)
            axis.ns = runs[i].timeline.recording.end;
    return axis;
}

static void
print_heading(const struct run *run)
{
    page_ink(INK_BOLD);
    printf("%s on %s", run->demo->name, run->way);
    page_ink(INK_PLAIN);
    if (!run->no_timeline) {
        putchar(' ');
        lanes_model(&run->timeline);
    }
    putchar('\n');
}

static void
print_note(const char *what, const char *text)
{
    if (!text[0])
        return;
    printf("%*s%s ", INDENT, "", what);
    page_wrap(text, INDENT + (int)strlen(what) + 1, INDENT);
}

static void
print_picture(const struct run *run, const struct axis *axis)
{
    print_heading(run);
    if (is_drawn(run)) {
        lanes_draw(&run->timeline, axis);
        lanes_losses(&run->timeline);
    } else if (run->result.verdict == VERDICT_SKIP) {
        printf("  No picture: it skipped.\n");
    } else {
        printf("  No picture: its recording %s.\n", run->no_timeline);
    }
    print_note("The kernel's record was refused:", run->denied);
    if (run->result.verdict != VERDICT_FAILED) /* there it is the reason */
        print_note("It said:", run->said);
    putchar('\n');
}

static void
print_numbers(const struct run *runs, size_t count)
{
    struct column *columns = must_alloc(count, sizeof *columns);
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct column){runs[i].title, &runs[i].result};
    if (figures_print(columns, count))
        putchar('\n');
    free(columns);
}

static void
print_verdict(const struct run *run, bool first)
{
    static const enum ink inks[] = {INK_GOOD, INK_BAD, INK_WAIT, INK_BAD};
    printf("%s%s on %s: ", first ? "" : "\n", run->demo->name, run->way);
    page_ink(inks[run->result.verdict]);
    printf("%s\n", verdict_words(run->result.verdict));
    page_ink(INK_PLAIN);
    if (!run->result.why[0])
        return;
    printf("%*s", REASON, "");
    page_wrap(run->result.why, REASON, REASON);
}

void
comparison_print(const struct run *runs, size_t count)
{
    struct axis axis = common_axis(runs, count);
    bool stalled = false;
    for (size_t i = 0; i < count; i++) {
        print_picture(&runs[i], &axis);
        stalled |= is_drawn(&runs[i]) && lanes_stall(&runs[i].timeline, &axis);
    }
    if (axis.ns) {
        lanes_legend(&axis, stalled);
        putchar('\n');
    }
    print_numbers(runs, count);
    for (size_t i = 0; i < count; i++)
        print_verdict(&runs[i], i == 0);
}
