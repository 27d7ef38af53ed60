/* SPDX-License-Identifier: MIT */
/* flags.c - see flags.h. */
#include "flags.h"

#include "result.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool about; /* --about */

enum { KEY_ABOUT = 256, KEY_OWN };

/* Every experiment's, and behind them room for those of its own. */
static struct argp_option options[16] = {
    {"json", 'j', 0, 0, "print the result as one JSON object", 0},
    {"trace", 't', "FILE", 0, "record every event of every thread", 0},
    {"seed", 's', "N", 0, "where random choices begin (default: 1)", 0},
    {"scale", 'x', "X", 0, "so much larger, 0.01 to 100 (default: 1)", 0},
    {"about", KEY_ABOUT, 0, 0, "print the claim as JSON, and end", 0},
    {"help", '?', 0, 0, "print this", -1},
};

static void
add_own_flags(const struct demo *demo)
{
    struct argp_option *o = options;
    while (o->name)
        o++;
    for (int i = 0; i < DEMO_FLAGS_MAX && demo->flags[i].name; i++)
        *o++ = (struct argp_option){.name = demo->flags[i].name,
                                    .key = KEY_OWN + i,
                                    .arg = demo->flags[i].value,
                                    .doc = demo->flags[i].about};
}

static uint64_t
seed_of(const char *text)
{
    char *rest;
    errno = 0;
    uint64_t seed = strtoull(text, &rest, 10);
    if (text[0] < '0' || text[0] > '9' || *rest || errno)
        demo_usage("--seed %s is not valid; a whole number from 0 to %llu",
                   text, ~0ull);
    return seed;
}

static double
scale_of(const char *text)
{
    char *rest;
    double scale = strtod(text, &rest);
    if (rest == text || *rest || !(scale >= 0.01 && scale <= 100))
        demo_usage("--scale %s is not valid; a number from 0.01 to 100", text);
    return scale;
}

/* Name what argp stopped at, and what would have been valid. getopt steps past
 * a long option before it complains, but stays on a cluster of short ones. */
static void bad_option(const struct argp_state *state)
    __attribute__((noreturn));

static void
bad_option(const struct argp_state *state)
{
    int at = state->next;
    if (at > 1 && state->argv[at - 1][0] == '-')
        at--;
    char valid[256] = "";
    for (const struct argp_option *o = options; o->name; o++) {
        size_t used = strlen(valid);
        snprintf(valid + used, sizeof valid - used, " --%s%s%s", o->name,
                 o->arg ? " " : "", o->arg ? o->arg : "");
    }
    demo_usage("%s is no option or lacks its value; valid:%s",
               state->argv[at] ? state->argv[at] : "?", valid);
}

/* argp's own messages are off: they take two lines and exit with 64. */
static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct demo_run *d = state->input;
    if (key >= KEY_OWN && key < KEY_OWN + DEMO_FLAGS_MAX) {
        *d->demo->flags[key - KEY_OWN].set = arg;
        return 0;
    }
    switch (key) {
    case 'j': d->json = true; return 0;
    case 't': return setenv("THREADS_TRACE", arg, 1);
    case 's': d->seed = seed_of(arg); return 0;
    case 'x': d->scale = scale_of(arg); return 0;
    case KEY_ABOUT: about = true; return 0;
    case '?':
        state->flags &= ~(unsigned)ARGP_NO_ERRS; /* or it prints nothing */
        argp_state_help(state, stdout, ARGP_HELP_LONG | ARGP_HELP_PRE_DOC);
        result_end(0);
    case ARGP_KEY_ARG:
        demo_usage("'%s': only options are valid, see --help", arg);
    case ARGP_KEY_ERROR: bad_option(state);
    default: return ARGP_ERR_UNKNOWN;
    }
}

bool
flags_read(struct demo_run *d, int argc, char **argv)
{
    struct argp argp = {
        .options = options, .parser = parse, .doc = d->demo->claim};
    add_own_flags(d->demo);
    argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_IN_ORDER,
               NULL, d);
    return about;
}
