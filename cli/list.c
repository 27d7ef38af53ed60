/* SPDX-License-Identifier: MIT */
/* list.c - `threadbare list`: the demos, their models, and what each claims. */
#include "catalogue.h"
#include "commands.h"
#include "grow.h"
#include "page.h"
#include "result.h"

#include <stdio.h>
#include <sys/wait.h>

#define ABOUT_LIMIT 5.0 /* seconds; --about only prints a line */

/* Ask a demo what it claims, and print it. */
static void
print_claim(const struct catalogue *c, const struct demo *demo, int indent)
{
    static char about[] = "--about";
    char *path = catalogue_path(c, demo->name, demo->models[0]);
    char *argv[] = {path, about, NULL};
    struct run_request request = {
        .argv = argv, .limit = ABOUT_LIMIT, .collect = true};
    struct run_outcome outcome = runner_run(&request);
    json_t *json = json_loads(outcome.out, 0, NULL);
    const char *claim = json_string_value(json_object_get(json, "claim"));
    bool good = WIFEXITED(outcome.status) && !WEXITSTATUS(outcome.status);
    page_wrap(good && claim ? claim : "(it does not say what it claims)",
              indent, indent);
    json_decref(json);
    run_outcome_free(&outcome);
    free(path);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG: usage_error("list: takes no argument, not '%s'", arg);
    default: return usage_other(key, state);
    }
}

int
command_list(int argc, char **argv)
{
    static const struct argp_option options[] = {USAGE_HELP, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "The demos, the thread models each can run on, and its claim.",
    };
    struct catalogue c;
    usage_parse(&argp, argc, argv, NULL);
    catalogue_read(&c);
    for (size_t i = 0; i < c.count; i++) {
        const struct demo *demo = &c.demos[i];
        page_ink(INK_BOLD);
        page_print(demo->name);
        page_ink(INK_PLAIN);
        printf(" on");
        for (size_t m = 0; m < demo->model_count; m++)
            printf("%s %s", m ? "," : "", demo->models[m]);
        printf("\n    ");
        print_claim(&c, demo, 4);
    }
    catalogue_free(&c);
    return 0;
}
