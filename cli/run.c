/* SPDX-License-Identifier: MIT */
/*
 * run.c - `threadbare run DEMO --model M`: one demo, in its own words.
 *
 * Nothing stands between the demo and the terminal: we become it. Only when
 * a recording is asked for do we stay, to add the kernel's records to it.
 */
#include "catalogue.h"
#include "commands.h"
#include "grow.h"
#include "runner.h"
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct arguments {
    char *demo;
    char *model;
    char **settings; /* of the environment, from the model's name */
    char *trace;
    char **argv; /* of the demo: its path, our flags, the reader's flags */
    int count;
};

static void
add_flag(struct arguments *a, char *flag)
{
    a->argv[a->count++] = flag;
}

/* "blocking:user" is a demo and its model. */
static void
take_demo(struct arguments *a, char *arg)
{
    char *colon = strchr(arg, ':');
    if (a->demo)
        usage_error("run: one demo at a time: '%s' is one too many (flags for "
                    "the demo follow --)",
                    arg);
    a->demo = arg;
    if (!colon)
        return;
    *colon = '\0';
    a->model = colon + 1;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'm': a->model = arg; return 0;
    case 't': a->trace = arg; return 0;
    case ARGP_KEY_ARG:
        if (state->quoted && state->next > state->quoted)
            add_flag(a, arg);
        else
            take_demo(a, arg);
        return 0;
    default: return usage_other(key, state);
    }
}

/* Become the demo. */
static void become(const struct arguments *a) __attribute__((noreturn));

static void
become(const struct arguments *a)
{
    settings_apply(a->settings);
    signal(SIGPIPE, SIG_DFL);
    execv(a->argv[0], a->argv);
    fail("%s: %s", a->argv[0], strerror(errno));
}

/* End as the demo ended. */
static int
end_like(int status)
{
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

/* Run the demo with its recording, and put the kernel's records into it. */
static int
record(const struct arguments *a)
{
    struct kernel_lanes kernel = {.count = 0};
    struct run_request request = {
        .argv = a->argv, .settings = a->settings, .kernel = &kernel};
    struct run_outcome outcome = runner_run(&request);
    if (outcome.error)
        fail("%s: %s", a->argv[0], strerror(outcome.error));
    if (kernel.denied[0])
        notice("the kernel's record of its switches is denied: %s",
               kernel.denied);
    int error = kernel.denied[0] ? 0 : kernel_lanes_append(&kernel, a->trace);
    if (error)
        notice("%s: the kernel's records could not be added: %s", a->trace,
               strerror(error));
    kernel_lanes_free(&kernel);
    run_outcome_free(&outcome);
    return end_like(outcome.status);
}

int
command_run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"model", 'm', "MODEL", 0,
         "the thread model; settings may follow: user+lottery+1000us", 0},
        {"trace", 't', "FILE", 0,
         "record every event of its threads, and of the kernel's", 0},
        USAGE_HELP,
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "DEMO [-- DEMO-FLAGS]",
        .doc = "Run one demo on one thread model, in its own words. The exit "
               "status is the demo's: 0 as predicted, 1 a surprise, 77 "
               "skipped.",
    };
    static char trace_flag[] = "--trace";
    struct arguments a = {.argv = must_alloc((size_t)argc + 4, sizeof(char *)),
                          .count = 1};
    usage_parse(&argp, argc, argv, &a);
    struct catalogue c;
    catalogue_read(&c);
    if (!a.demo)
        usage_error("run: which demo? 'threadbare list' names them");
    const struct demo *demo = catalogue_demo(&c, a.demo);
    a.model = must_copy(a.model ? a.model : "");
    a.settings = settings_take(a.model);
    demo_need_model(demo, a.model);
    a.argv[0] = catalogue_path(&c, demo->name, a.model);
    catalogue_free(&c);
    if (!a.trace)
        become(&a);
    add_flag(&a, trace_flag);
    add_flag(&a, a.trace);
    int status = record(&a);
    settings_free(a.settings);
    free(a.model);
    free(a.argv[0]);
    free(a.argv);
    return status;
}
