/* SPDX-License-Identifier: MIT */
/* usage.c - see usage.h. */
#include "usage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line in one write, so that it is not torn apart by other writers. */
static void say_line(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static void
say_line(const char *format, va_list args)
{
    char line[1024];
    vsnprintf(line, sizeof line, format, args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '?'; /* a stray newline in a name stays one line */
    fflush(stdout);
    fprintf(stderr, "threadbare: %s\n", line);
}

void
notice(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(format, args);
    va_end(args);
}

void
fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(format, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

void
usage_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(format, args);
    va_end(args);
    exit(EXIT_USAGE);
}

/* Where argp stopped: getopt steps past a long option before it complains,
 * but stays on a cluster of short ones. */
static const char *
culprit(const struct argp_state *state)
{
    int i = state->next;
    if (i > 0 && state->argv[i - 1][0] == '-')
        return state->argv[i - 1];
    return i < state->argc ? state->argv[i] : "?";
}

static void bad_option(const struct argp_state *state)
    __attribute__((noreturn));

static void
bad_option(const struct argp_state *state)
{
    const char *bad = culprit(state);
    const char *space = strchr(state->name, ' '); /* "threadbare run" */
    const char *command = space ? space + 1 : "";
    const char *colon = space ? ": " : "";
    char valid[512] = "";
    size_t used = 0;
    for (const struct argp_option *o = state->root_argp->options; o->name;
         o++) {
        if (o->arg && strncmp(bad, "--", 2) == 0 &&
            strcmp(bad + 2, o->name) == 0)
            usage_error("%s%s%s needs a value: %s", command, colon, bad,
                        o->arg);
        used += (size_t)snprintf(valid + used, sizeof valid - used, " --%s",
                                 o->name);
    }
    usage_error("%s%sno option %s; valid:%s", command, colon, bad, valid);
}

error_t
usage_other(int key, struct argp_state *state)
{
    if (key == ARGP_KEY_ERROR)
        bad_option(state);
    if (key != '?')
        return ARGP_ERR_UNKNOWN;
    state->flags &= ~(unsigned)ARGP_NO_ERRS; /* or it prints nothing */
    setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
    argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    return 0;
}

void
usage_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    unsigned flags = ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_IN_ORDER;
    argp_parse(argp, argc, argv, flags, NULL, input);
}
