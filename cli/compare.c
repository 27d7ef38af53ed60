/* SPDX-License-Identifier: MIT */
/*
 * compare.c - `threadbare compare`: run several, and lay them side by side.
 *
 * The runs are made one after another, so that none takes the CPU from another;
 * comparison.h prints what they did.
 */
#include "catalogue.h"
#include "commands.h"
#include "comparison.h"
#include "grow.h"
#include "leave.h"
#include "page.h"
#include "settings.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two models tell the story; whoever wants others names them. */
static const char *const default_models[] = {"user", "kernel"};
enum { DEFAULT_MODELS = 2 };

#define DEFAULT_LIMIT 60.0 /* seconds a run */

struct arguments {
    char **demos; /* DEMO or DEMO:MODEL */
    size_t demo_count;
    char *models;
    double limit;
    char **flags; /* for the demos */
    size_t flag_count;
};

/* ---- What to run ---- */

struct plan {
    struct run *runs;
    size_t count, room;
};

/* A way to run it is a model, which may bring settings: "user+lottery". */
static void
add_run(struct plan *plan, const struct demo *demo, const char *way)
{
    plan->runs = grow(plan->runs, plan->count, &plan->room, sizeof *plan->runs);
    struct run *run = &plan->runs[plan->count++];
    *run = (struct run){
        .demo = demo, .model = must_copy(way), .way = must_copy(way)};
    run->settings = settings_take(run->model);
    demo_need_model(demo, run->model);
    if (asprintf(&run->title, "%s:%s", demo->name, way) < 0)
        fail("out of memory");
}

static void
add_default_models(struct plan *plan, const struct demo *demo)
{
    size_t before = plan->count;
    for (int i = 0; i < DEFAULT_MODELS; i++)
        if (demo_has_model(demo, default_models[i]))
            add_run(plan, demo, default_models[i]);
    if (plan->count == before)
        add_run(plan, demo, demo->models[0]);
}

static void
add_listed_models(struct plan *plan, const struct demo *demo, const char *list)
{
    char *copy = must_copy(list), *rest = copy, *model;
    while ((model = strsep(&rest, ",")))
        add_run(plan, demo, model);
    free(copy);
}

static void
make_plan(struct plan *plan, const struct catalogue *c, struct arguments *a)
{
    for (size_t i = 0; i < a->demo_count; i++) {
        char *colon = strchr(a->demos[i], ':');
        if (colon)
            *colon = '\0';
        const struct demo *demo = catalogue_demo(c, a->demos[i]);
        if (colon)
            add_run(plan, demo, colon + 1);
        else if (a->models)
            add_listed_models(plan, demo, a->models);
        else
            add_default_models(plan, demo);
    }
}

/* ---- Running ---- */

/* Whoever waits at a terminal sees what for; the line is taken away again. */
static void
show_progress(const char *title)
{
    if (page.terminal && isatty(STDERR_FILENO))
        fprintf(stderr, title ? "\rrunning %s ...\033[K" : "\r\033[K", title);
}

static char **
demo_arguments(const struct catalogue *c, const struct run *run,
               const struct arguments *a)
{
    static char json[] = "--json", trace[] = "--trace";
    char **argv = must_alloc(a->flag_count + 5, sizeof *argv);
    argv[0] = catalogue_path(c, run->demo->name, run->model);
    argv[1] = json;
    argv[2] = trace;
    argv[3] = must_copy(leave_trace_path());
    for (size_t i = 0; i < a->flag_count; i++)
        argv[4 + i] = a->flags[i];
    return argv;
}

static void
read_recording(struct run *run, struct kernel_lanes *kernel)
{
    const char *path = leave_trace_path();
    if (access(path, F_OK) != 0) {
        run->no_timeline = "is missing";
        return;
    }
    snprintf(run->denied, sizeof run->denied, "%s", kernel->denied);
    int error = run->denied[0] ? 0 : kernel_lanes_append(kernel, path);
    if (error)
        snprintf(run->denied, sizeof run->denied, "%s", strerror(error));
    run->no_timeline = timeline_read(&run->timeline, path);
    unlink(path);
}

static void refuse(const struct run_outcome *outcome) __attribute__((noreturn));

/* The demo did not understand a flag or the environment: our caller's error,
 * which the demo has already put into one line. */
static void
refuse(const struct run_outcome *outcome)
{
    show_progress(NULL);
    fprintf(stderr, "%s\n", last_words(outcome));
    exit(EXIT_USAGE);
}

static void
do_run(struct run *run, const struct catalogue *c, const struct arguments *a)
{
    struct kernel_lanes kernel = {.count = 0};
    char **argv = demo_arguments(c, run, a);
    struct run_request request = {.argv = argv,
                                  .settings = run->settings,
                                  .limit = a->limit,
                                  .collect = true,
                                  .kernel = &kernel};
    show_progress(run->title);
    struct run_outcome outcome = runner_run(&request);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == EXIT_USAGE)
        refuse(&outcome);
    run->result = result_of(&outcome, a->limit);
    run->said = must_copy(last_words(&outcome));
    read_recording(run, &kernel);
    show_progress(NULL);
    run_outcome_free(&outcome);
    kernel_lanes_free(&kernel);
    free(argv[0]);
    free(argv[3]);
    free(argv);
}

/* ---- The command ---- */

static double
limit_of(const char *text)
{
    char *end;
    double limit = strtod(text, &end);
    if (end == text || *end || !(limit > 0) || limit > 86400)
        usage_error("compare: --timeout %s is not a number of seconds above 0 "
                    "and up to 86400",
                    text);
    return limit;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'm': a->models = arg; return 0;
    case 't': a->limit = limit_of(arg); return 0;
    case ARGP_KEY_ARG:
        if (state->quoted && state->next > state->quoted)
            a->flags[a->flag_count++] = arg;
        else
            a->demos[a->demo_count++] = arg;
        return 0;
    default: return usage_other(key, state);
    }
}

static int
status_of(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->runs[i].result.verdict == VERDICT_SURPRISE ||
            plan->runs[i].result.verdict == VERDICT_FAILED)
            return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

static void
free_plan(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->runs[i].no_timeline)
            timeline_free(&plan->runs[i].timeline);
        result_free(&plan->runs[i].result);
        free(plan->runs[i].said);
        free(plan->runs[i].model);
        free(plan->runs[i].way);
        settings_free(plan->runs[i].settings);
        free(plan->runs[i].title);
    }
    free(plan->runs);
}

int
command_compare(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"models", 'm', "MODEL,...", 0,
         "the models for every DEMO that names none (default: user,kernel)", 0},
        {"timeout", 't', "SECONDS", 0, "kill a run after that (default: 60)",
         0},
        USAGE_HELP,
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "DEMO[:MODEL[+SETTING...]]... [-- DEMO-FLAGS]",
        .doc = "Run demos one after another; draw what their threads did on "
               "one time axis, and print what they measured side by side. "
               "Exit status 0 if every run was as predicted or skipped, else "
               "1. A SETTING of user-level threads is a policy, an engine for "
               "input and output, a quantum or a seed: user+lottery+seed7, "
               "user+blocking, user+1000us.",
    };
    struct arguments a = {.limit = DEFAULT_LIMIT};
    struct catalogue c;
    struct plan plan = {.count = 0};
    a.demos = must_alloc((size_t)argc, sizeof *a.demos);
    a.flags = must_alloc((size_t)argc, sizeof *a.flags);
    usage_parse(&argp, argc, argv, &a);
    catalogue_read(&c);
    if (!a.demo_count)
        usage_error("compare: which demos? 'threadbare list' names them");
    make_plan(&plan, &c, &a);
    for (size_t i = 0; i < plan.count; i++)
        do_run(&plan.runs[i], &c, &a);
    comparison_print(plan.runs, plan.count);
    int status = status_of(&plan);
    free_plan(&plan);
    catalogue_free(&c);
    free(a.demos);
    free(a.flags);
    return status;
}
