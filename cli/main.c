/* SPDX-License-Identifier: MIT */
/*
 * main.c - threadbare, the front end: which command, and off to it.
 *
 * A demo is a program that measures; this program runs demos, watches them
 * through the library's recording and the kernel's, and puts side by side what
 * they did. It knows no thread model and no experiment: what lies in the
 * directory of demos is what there is (catalogue.h).
 */
#include "commands.h"
#include "leave.h"
#include "page.h"
#include "usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADBARE_VERSION "0.1.0"

static const struct command {
    const char *name;
    const char *full_name; /* for its --help */
    int (*run)(int argc, char **argv);
} commands[] = {
    {"list", "threadbare list", command_list},
    {"run", "threadbare run", command_run},
    {"compare", "threadbare compare", command_compare},
    {"matrix", "threadbare matrix", command_matrix},
    {"trace", "threadbare trace", command_trace},
    {"ps", "threadbare ps", command_ps},
    {"explore", "threadbare explore", command_explore},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* Where the command's own arguments begin: everything from there on is not
 * ours to parse. */
static error_t
parse(int key, char *arg, struct argp_state *state)
{
    int *first = state->input;
    (void)arg;
    switch (key) {
    case 'V':
        printf("threadbare %s\n", THREADBARE_VERSION);
        page_close();
        exit(EXIT_SUCCESS);
    case ARGP_KEY_ARG:
        *first = state->next - 1;
        state->next = state->argc;
        return 0;
    default: return usage_other(key, state);
    }
}

static const struct argp_option options[] = {
    {"version", 'V', 0, 0, "print the version", -1},
    USAGE_HELP,
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "COMMAND ...",
    .doc = "Run one program on several thread models, and see why it behaves "
           "differently.\v"
           "Commands:\n"
           "  list                         the demos and their models\n"
           "  run DEMO --model M           run one demo on one model\n"
           "  compare DEMO[:MODEL]...      run several, draw them side by "
           "side\n"
           "  matrix                       every demo on every model\n"
           "  trace FILE [--chrome OUT]    draw or export a recording\n"
           "  explore PROGRAM              find a schedule that breaks it\n"
           "  ps PID                       the threads of a running program\n"
           "\n"
           "'threadbare COMMAND --help' tells more. To begin with:\n"
           "  threadbare compare blocking:user blocking:kernel uring:user",
};

/* Their names, each after a blank. */
static const char *
valid_commands(void)
{
    static char names[128];
    size_t used = 0;
    for (int i = 0; i < COMMANDS && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, " %s",
                                 commands[i].name);
    return names;
}

int
main(int argc, char **argv)
{
    int first = 0;
    leave_prepare();
    usage_parse(&argp, argc, argv, &first);
    if (!first)
        usage_error("which command? valid:%s", valid_commands());
    page_open();
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[first], commands[i].name) != 0)
            continue;
        argv[first] = (char *)commands[i].full_name;
        int status = commands[i].run(argc - first, argv + first);
        page_close();
        return status;
    }
    usage_error("no command '%s'; valid:%s", argv[first], valid_commands());
}
