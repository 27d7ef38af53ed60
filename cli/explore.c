/* SPDX-License-Identifier: MIT */
/*
 * explore.c - `threadbare explore PROGRAM`: run it under thousands of
 * schedules, and show the one that breaks it.
 *
 * The program explores itself (uthreads/explore_serve.c); here it is asked
 * (explore_run.h), and what it found is made plain: the failing schedule with
 * the fewest preemptions, what the program says as it dies, a picture of who
 * ran when, and the line that shows it all again.
 */
#include "commands.h"
#include "explore_run.h"
#include "grow.h"
#include "lanes.h"
#include "leave.h"
#include "page.h"
#include "schedule.h"
#include "timeline.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MINIMISE_RUNS = 20000 };

static const char *const strategies[] = {"random", "pct", "dfs", NULL};

struct arguments {
    char **argv; /* the program and its arguments, NULL at the end */
    int count;
    struct exploration wanted;
    const char *replay;
    bool json;
};

/* ---- The fewest preemptions ---- */

/*
 * Look for a failing schedule with no preemption, then with one, two, ... and
 * fewer than the one we have. What is found first has the fewest there are.
 * Where there are too many schedules to try, the one we have stays.
 */
static bool
minimise(const struct arguments *a, struct exploration *e, int fd)
{
    struct exploration *found = must_alloc(1, sizeof *found);
    *found = *e;
    uint32_t most = schedule_preemptions(&e->last);
    bool least = true, smaller = false;
    for (uint32_t bound = 0; bound < most && least && !smaller; bound++) {
        e->strategy = EXPLORE_DFS;
        e->bound = bound;
        e->forced.length = 0;
        e->runs = MINIMISE_RUNS;
        explore_run(e, fd, a->argv, NULL, -1);
        smaller = e->failed;
        least = e->failed || e->exhausted;
    }
    if (!smaller)
        *e = *found;
    free(found);
    return least;
}

/* ---- What is shown ---- */

static const char *
failure_words(const struct exploration *e, char *words, size_t size)
{
    if (WIFEXITED(e->status))
        snprintf(words, size, "it did not end");
    else if (WTERMSIG(e->status) == SIGALRM)
        snprintf(words, size, "it took more than %u s", e->second_limit);
    else if (WTERMSIG(e->status) == SIGABRT)
        snprintf(words, size, "it aborted");
    else
        snprintf(words, size, "it died of signal %d (%s)", WTERMSIG(e->status),
                 strsignal(WTERMSIG(e->status)));
    return words;
}

/* What the program said. */
static void
print_words(FILE *words)
{
    char line[512];
    rewind(words);
    while (fgets(line, sizeof line, words)) {
        line[strcspn(line, "\n")] = '\0';
        size_t indent = strspn(line, " ");
        printf("  %*s", (int)indent, "");
        page_wrap(line + indent, 2 + (int)indent, 6 + (int)indent);
    }
}

static void
print_lanes(const char *path)
{
    struct timeline t;
    const char *wrong = timeline_read(&t, path);
    if (wrong) {
        printf("\n  No picture: its recording %s.\n", wrong);
        return;
    }
    putchar('\n');
    lanes_draw_turns(&t);
    timeline_free(&t);
}

/* Run the failing schedule once more, and show what happens. */
static void
show_again(const struct arguments *a, struct exploration *e, int fd)
{
    FILE *words = tmpfile();
    if (!words)
        fail("explore: no temporary file: %s", strerror(errno));
    e->forced = e->last;
    e->strategy = EXPLORE_DFS;
    e->runs = 1;
    e->heard = true;
    explore_run(e, fd, a->argv, leave_trace_path(), fileno(words));
    e->heard = false;
    if (!e->failed)
        printf("It does not fail again: something else than the schedule "
               "decides.\n");
    print_words(words);
    fclose(words);
    print_lanes(leave_trace_path());
    unlink(leave_trace_path());
}

static void
print_command(const struct arguments *a, const char *schedule)
{
    printf("\nAgain:  threadbare explore --replay %s", schedule);
    for (int i = 0; i < a->count; i++)
        printf("%s%s", i == 1 ? " -- " : " ", a->argv[i]);
    putchar('\n');
}

/* "random, seed 7"; a depth-first search draws nothing, so it has no seeds. */
static const char *
origin_words(const struct arguments *a, uint64_t seed, char *words, size_t size)
{
    const char *strategy = strategies[a->wanted.strategy];
    if (a->wanted.strategy == EXPLORE_DFS)
        snprintf(words, size, "%s", strategy);
    else
        snprintf(words, size, "%s, seed %" PRIu64, strategy, seed);
    return words;
}

static void
print_json(const struct arguments *a, const struct exploration *e, bool failed,
           uint64_t done, uint64_t seed, const char *schedule, bool least)
{
    char words[80];
    json_t *o = json_pack("{s:s, s:s, s:I, s:b, s:b}", "program", a->argv[0],
                          "strategy", strategies[a->wanted.strategy],
                          "schedules", (json_int_t)done, "failed", failed,
                          "exhausted", !failed && e->exhausted);
    if (failed && a->wanted.strategy != EXPLORE_DFS)
        json_object_set_new(o, "seed", json_integer((json_int_t)seed));
    if (failed)
        json_object_update_new(
            o, json_pack("{s:s, s:i, s:b, s:s}", "schedule", schedule,
                         "preemptions", (int)schedule_preemptions(&e->last),
                         "minimal", least, "failure",
                         failure_words(e, words, sizeof words)));
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(o);
}

static void
print_clean(const struct arguments *a, const struct exploration *e)
{
    if (a->replay)
        printf("%s: no failure in schedule %s\n", a->argv[0], a->replay);
    else if (e->exhausted)
        printf("%s: no failure in any of the %" PRIu64 " schedules with at "
               "most %u preemptions\n",
               a->argv[0], e->done, e->bound);
    else if (a->wanted.strategy == EXPLORE_DFS)
        printf("%s: no failure in the first %" PRIu64 " schedules with at most "
               "%u preemptions; there are more\n",
               a->argv[0], e->done, e->bound);
    else
        printf("%s: no failure in %" PRIu64 " schedules (%s, seeds %" PRIu64
               " to %" PRIu64 ")\n",
               a->argv[0], e->done, strategies[a->wanted.strategy],
               a->wanted.seed, a->wanted.seed + e->done - 1);
}

static void
print_found(const struct arguments *a, const struct exploration *e,
            uint64_t done, uint64_t seed, bool least)
{
    char origin[48];
    uint32_t count = schedule_preemptions(&e->last);
    if (a->replay)
        printf("in the schedule asked for: %s\n", a->replay);
    else
        printf("found in schedule %" PRIu64 " (%s)\n", done,
               origin_words(a, seed, origin, sizeof origin));
    printf("shown with %u preemption%s%s\n\n", count, count == 1 ? "" : "s",
           least ? ", the fewest there are" : "");
}

/* A failure was found: make it plain, and small unless this very one was asked
 * for. */
static void
present(const struct arguments *a, struct exploration *e, int fd)
{
    char failure[80];
    uint64_t done = e->done, seed = e->failing_seed;
    bool least = !a->replay && minimise(a, e, fd);
    char *schedule = schedule_words(&e->last);
    failure_words(e, failure, sizeof failure);
    if (a->json) {
        print_json(a, e, true, done, seed, schedule, least);
    } else {
        page_ink(INK_BOLD);
        printf("%s fails: %s\n", a->argv[0], failure);
        page_ink(INK_PLAIN);
        print_found(a, e, done, seed, least);
        show_again(a, e, fd);
        print_command(a, schedule);
    }
    free(schedule);
}

/* ---- The command ---- */

static uint64_t
number_of(const char *option, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || errno || n < least ||
        n > most)
        usage_error("explore: --%s %s is not a whole number from %" PRIu64
                    " to %" PRIu64,
                    option, text, least, most);
    return n;
}

static uint32_t
strategy_of(const char *text)
{
    for (uint32_t i = 0; strategies[i]; i++)
        if (strcmp(text, strategies[i]) == 0)
            return i;
    usage_error("explore: no strategy '%s'; valid: random pct dfs", text);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct exploration *w = &a->wanted;
    switch (key) {
    case 's': w->strategy = strategy_of(arg); return 0;
    case 'n': w->runs = number_of("runs", arg, 1, 1000000000); return 0;
    case 'S': w->seed = number_of("seed", arg, 0, UINT64_MAX / 2); return 0;
    case 'd': w->depth = (uint32_t)number_of("depth", arg, 1, 16); return 0;
    case 'b': w->bound = (uint32_t)number_of("bound", arg, 0, 64); return 0;
    case 'p':
        w->point_limit = (uint32_t)number_of("points", arg, 1, 1000000000);
        return 0;
    case 'r': a->replay = arg; return 0;
    case 'j': a->json = true; return 0;
    case ARGP_KEY_ARG:
        if (a->count > 0 && !(state->quoted && state->next > state->quoted))
            usage_error("explore: one program at a time: '%s' is one too many "
                        "(its arguments follow --)",
                        arg);
        a->argv[a->count++] = arg;
        return 0;
    default: return usage_other(key, state);
    }
}

/* A seed repeats a run of the strategy; a schedule is itself. */
static void
prepare_replay(struct arguments *a)
{
    struct exploration *w = &a->wanted;
    w->runs = 1;
    if (strchr(a->replay, ':')) {
        if (!schedule_read(&w->forced, a->replay))
            usage_error("explore: --replay %s is no schedule: it looks like "
                        "3:1,7:2",
                        a->replay);
        w->strategy = EXPLORE_DFS;
    } else if (w->strategy == EXPLORE_DFS) {
        usage_error("explore: --replay %s: a depth-first search draws nothing, "
                    "so it has no seeds: give a schedule, such as 3:1,7:2",
                    a->replay);
    } else {
        w->seed = number_of("replay", a->replay, 0, UINT64_MAX / 2);
    }
}

int
command_explore(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"strategy", 's', "NAME", 0, "random (default), pct or dfs", 0},
        {"runs", 'n', "N", 0, "schedules at most (default: 10000)", 0},
        {"seed", 'S', "N", 0, "of the first schedule (default: 1)", 0},
        {"depth", 'd', "N", 0, "pct: ordered events of a bug (default: 3)", 0},
        {"bound", 'b', "N", 0, "dfs: preemptions at most (default: 2)", 0},
        {"points", 'p', "N", 0, "give a run up after so many (default: 20000)",
         0},
        {"replay", 'r', "WHAT", 0,
         "run one schedule: a seed, or what an exploration printed", 0},
        {"json", 'j', 0, 0, "print what was found as JSON", 0},
        USAGE_HELP,
        {0},
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "PROGRAM [-- ARGUMENTS]",
        .doc = "Run a program of user-level threads under many schedules, and "
               "show one that makes it abort (thread_invariant, a deadlock), "
               "crash, or run without end. It may lose the CPU at each "
               "thread_checkpoint. Exit status 0 if none was found, 1 if one "
               "was.",
    };
    struct arguments a = {.argv = must_alloc((size_t)argc + 1, sizeof(char *)),
                          .wanted = {.magic = EXPLORATION_MAGIC,
                                     .depth = 3,
                                     .bound = 2,
                                     .point_limit = 20000,
                                     .seed = 1,
                                     .runs = 10000,
                                     .second_limit = 10}};
    usage_parse(&argp, argc, argv, &a);
    if (!a.count)
        usage_error("explore: which program?");
    if (a.replay)
        prepare_replay(&a);
    int fd;
    struct exploration *e = explore_begin(&fd);
    *e = a.wanted;
    explore_run(e, fd, a.argv, NULL, -1);
    bool failed = e->failed;
    if (failed)
        present(&a, e, fd);
    else if (a.json)
        print_json(&a, e, false, e->done, 0, "", false);
    else
        print_clean(&a, e);
    explore_end(e, fd);
    free(a.argv);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
