/* SPDX-License-Identifier: MIT */
/*
 * demo.c - see demo.h.
 *
 * A result has two forms: words for whoever sits at the terminal, and with
 * --json one object for the front end. The reason is one sentence, put
 * together from what was found and why:
 *
 *      as predicted:  FOUND: BECAUSE.
 *      a surprise:    FOUND. Predicted was: PREDICTED.
 *
 * A "because" is our explanation of what we predicted, so it has no place
 * where something else has happened.
 */
#include "demo.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum status {
    AS_PREDICTED = 0,
    SURPRISE = 1,
    USAGE = 2,
    FAILED = 3,
    SKIPPED = 77
};

static bool about; /* --about */

/* Something broke, in whichever process: a thread may be one. */
static volatile sig_atomic_t *broken;

/* ---- When something is wrong ---- */

/* One line on standard error, and the end. */
static void end_with(enum status status, const char *format, va_list args)
    __attribute__((noreturn, format(printf, 2, 0)));

static void
end_with(enum status status, const char *format, va_list args)
{
    char line[512];
    vsnprintf(line, sizeof line, format, args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '?'; /* a stray newline in a flag stays one line */
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, line);
    if (broken)
        *broken = true;
    exit(status);
}

void
demo_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    end_with(USAGE, format, args);
}

void
demo_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    end_with(FAILED, format, args);
}

/* End with this status, unless what was printed did not arrive. A reader that
 * went away has seen enough; a full disk is an error. */
static void end(enum status status) __attribute__((noreturn));

static void
end(enum status status)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        exit(status);
    if (errno != EPIPE)
        demo_fail("the result could not be written: %s", strerror(errno));
    exit(FAILED);
}

/* ---- The result as JSON ---- */

static void
print_json(json_t *object)
{
    if (!object)
        demo_fail("out of memory");
    json_dumpf(object, stdout, JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(object);
}

/* Which of a model's ways this run took: "ucontext, rr, io uring". */
static void
describe_variant(char *words, size_t size)
{
    const struct thread_model *m = thread_model();
    bool kernels = strcmp(m->policy, m->context) == 0; /* it does it all */
    snprintf(words, size, "%s%s%s, io %s", m->context, kernels ? "" : ", ",
             kernels ? "" : m->policy, m->io_engine);
}

static const char *
verdict_name(enum status status)
{
    return status == AS_PREDICTED ? "as-predicted"
           : status == SURPRISE   ? "surprise"
                                  : "skip";
}

static void
print_as_json(const struct demo_run *d, enum status status, const char *reason)
{
    const struct thread_model *m = thread_model();
    char variant[64];
    describe_variant(variant, sizeof variant);
    json_t *o = json_object();
    json_object_set_new(o, "demo", json_string(d->demo->name));
    json_object_set_new(o, "model", json_string(m->name));
    json_object_set_new(o, "variant", json_string(variant));
    json_object_set_new(o, "claim", json_string(d->demo->claim));
    json_object_set_new(o, "predicted", json_string(d->predicted));
    json_object_set(o, "measured", d->measured);
    json_object_set_new(o, "verdict", json_string(verdict_name(status)));
    json_object_set_new(o, "reason", json_string(reason));
    print_json(o);
}

/* ---- The result in words ---- */

enum { WIDTH = 80, LABEL = 11 };

/* A label, and beside it words in lines that fit. */
static void
print_wrapped(const char *label, const char *text)
{
    int column = printf("%-*s", LABEL, label);
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (column + 1 + length > WIDTH)
            column = printf("\n%*s", LABEL, "") - 1;
        else if (column > LABEL)
            column += printf(" ");
        column += printf("%.*s", length, text);
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* Three or four figures that count. */
static int
decimals(double value)
{
    double size = fabs(value);
    if (value == floor(value) || size >= 1000)
        return 0;
    return size >= 10 ? 1 : size >= 1 ? 2 : 3;
}

/* One line each: "longest silence      300.1 ms". */
static void
print_measured(json_t *measured)
{
    const char *name, *label = "Measured";
    json_t *measure;
    json_object_foreach(measured, name, measure)
    {
        double value = json_number_value(json_object_get(measure, "value"));
        const char *unit = json_string_value(json_object_get(measure, "unit"));
        char words[40];
        snprintf(words, sizeof words, "%s", name);
        for (char *c = words; *c; c++)
            if (*c == '_')
                *c = ' ';
        printf("%-*s%-24s %8.*f %s\n", LABEL, label, words, decimals(value),
               value, unit);
        label = "";
    }
}

static void
print_in_words(const struct demo_run *d, enum status status, const char *reason)
{
    const struct thread_model *m = thread_model();
    char variant[64];
    describe_variant(variant, sizeof variant);
    printf("%s on the %s model (%s; %s)\n\n", d->demo->name, m->name,
           m->textbook, variant);
    print_wrapped("Claim", d->demo->claim);
    if (d->predicted[0])
        print_wrapped("Predicted", d->predicted);
    print_measured(d->measured);
    if (d->shown)
        fputs(d->shown, stdout);
    print_wrapped("Verdict", status == AS_PREDICTED ? "AS PREDICTED"
                             : status == SURPRISE   ? "A SURPRISE"
                                                    : "SKIPPED");
    print_wrapped("", reason);
}

/* ---- What run says ---- */

static char *sentence(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static char *
sentence(const char *format, va_list args)
{
    char *text;
    if (vasprintf(&text, format, args) < 0)
        demo_fail("out of memory");
    return text;
}

/* The reason begins with a capital letter. */
static void finish(struct demo_run *d, enum status status, char *reason)
    __attribute__((noreturn));

static void
finish(struct demo_run *d, enum status status, char *reason)
{
    if (*broken)
        exit(FAILED); /* who broke it has said so */
    if (reason[0] >= 'a' && reason[0] <= 'z')
        reason[0] = (char)(reason[0] - 'a' + 'A');
    (d->json ? print_as_json : print_in_words)(d, status, reason);
    json_decref(d->measured);
    free(d->predicted);
    free(d->found);
    free(d->shown);
    free(reason);
    end(status);
}

void
demo_predict(struct demo_run *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    free(d->predicted);
    d->predicted = sentence(format, args);
    va_end(args);
}

void
demo_measure(struct demo_run *d, const char *name, double value,
             const char *unit)
{
    json_t *measure = json_pack("{sf ss}", "value", value, "unit", unit);
    if (json_object_set_new(d->measured, name, measure) != 0)
        demo_fail("%s: %g is not a number to report", name, value);
}

void
demo_show(struct demo_run *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = sentence(format, args), *all;
    va_end(args);
    if (asprintf(&all, "%s%-*s%s\n", d->shown ? d->shown : "", LABEL,
                 d->shown ? "" : "Seen", line) < 0)
        demo_fail("out of memory");
    free(line);
    free(d->shown);
    d->shown = all;
}

void
demo_found(struct demo_run *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    free(d->found);
    d->found = sentence(format, args);
    va_end(args);
}

void
demo_judge(struct demo_run *d, bool held, const char *because, ...)
{
    va_list args;
    va_start(args, because);
    char *why = sentence(because, args);
    va_end(args);
    char *reason;
    int length = held ? asprintf(&reason, "%s: %s.", d->found, why)
                      : asprintf(&reason, "%s. Predicted was: %s.", d->found,
                                 d->predicted);
    if (length < 0)
        demo_fail("out of memory");
    free(why);
    finish(d, held ? AS_PREDICTED : SURPRISE, reason);
}

void
demo_skip(struct demo_run *d, const char *reason, ...)
{
    va_list args;
    va_start(args, reason);
    finish(d, SKIPPED, sentence(reason, args));
}

/* ---- Help ---- */

thread_t
demo_thread(struct demo_run *d, const char *name, void *(*fn)(void *),
            void *arg)
{
    thread_t thread;
    struct thread_attr attr = {.name = name};
    int error = thread_create(&thread, &attr, fn, arg);
    if (error)
        demo_skip(d, "the system has no room for the thread '%s': %s.", name,
                  strerror(error));
    return thread;
}

void
demo_join(thread_t thread)
{
    int error = thread_join(thread, NULL);
    if (error)
        demo_fail("thread %lu: %s", thread, strerror(error));
}

bool
demo_kernel_switches(void)
{
    return strcmp(thread_model()->context, "kernel") == 0;
}

void *
demo_shared(struct demo_run *d, size_t size)
{
    void *memory = thread_shared_alloc(size);
    if (!memory)
        demo_skip(d, "the system has no %zu bytes that threads can share.",
                  size);
    return memory;
}

double
demo_ms(uint64_t from, uint64_t to)
{
    return ((double)to - (double)from) / 1e6;
}

static int
compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
demo_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_numbers);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* ---- Flags ---- */

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
        end(0);
    case ARGP_KEY_ARG:
        demo_usage("'%s': only options are valid, see --help", arg);
    case ARGP_KEY_ERROR: bad_option(state);
    default: return ARGP_ERR_UNKNOWN;
    }
}

int
demo_main(int argc, char **argv, const struct demo *demo)
{
    struct argp argp = {
        .options = options, .parser = parse, .doc = demo->claim};
    struct demo_run d = {.scale = 1, .seed = 1, .demo = demo};
    if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
        demo_fail("there is no standard output"); /* or a pipe would be it */
    add_own_flags(demo);
    argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_IN_ORDER,
               NULL, &d);
    if (about) {
        print_json(json_pack("{ss ss sb}", "demo", demo->name, "claim",
                             demo->claim, "timed", !demo->untimed));
        end(0);
    }
    d.measured = json_object();
    d.predicted = strdup("");
    d.found = strdup("");
    if (!d.measured || !d.predicted || !d.found)
        demo_fail("out of memory");
    void *shared = mmap(NULL, sizeof *broken, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        demo_fail("out of memory");
    broken = shared;
    demo->run(&d);
    demo_fail("%s came to no verdict", demo->name);
}
