/* SPDX-License-Identifier: MIT */
/* trace_command.c - `threadbare trace FILE`: draw a recording, or export it. */
#include "chrome.h"
#include "commands.h"
#include "lanes.h"
#include "page.h"
#include "usage.h"

#include <stdio.h>

struct arguments {
    const char *file;
    const char *chrome;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'c': a->chrome = arg; return 0;
    case ARGP_KEY_ARG:
        if (a->file)
            usage_error("trace: one file at a time: '%s' is one too many", arg);
        a->file = arg;
        return 0;
    default: return usage_other(key, state);
    }
}

static void
draw(const struct timeline *t)
{
    struct axis axis = {.ns = t->recording.end};
    page_ink(INK_BOLD);
    page_print(t->recording.header.program);
    page_ink(INK_PLAIN);
    putchar(' ');
    lanes_model(t);
    putchar('\n');
    lanes_draw(t, &axis);
    lanes_losses(t);
    putchar('\n');
    lanes_legend(&axis, lanes_stall(t, &axis));
}

int
command_trace(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"chrome", 'c', "OUT.json", 0,
         "write it for Perfetto (ui.perfetto.dev) or chrome://tracing", 0},
        USAGE_HELP,
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE",
        .doc = "Draw a recording that 'threadbare run --trace' made, or write "
               "it as JSON in the Trace Event Format.",
    };
    struct arguments a = {.file = NULL};
    struct timeline t;
    usage_parse(&argp, argc, argv, &a);
    if (!a.file)
        usage_error("trace: which file?");
    const char *wrong = timeline_read(&t, a.file);
    if (wrong)
        fail("%s: %s", a.file, wrong);
    if (a.chrome)
        chrome_write(&t, a.chrome);
    else
        draw(&t);
    timeline_free(&t);
    return 0;
}
