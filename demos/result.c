/* SPDX-License-Identifier: MIT */
/* result.c - see result.h. */
#include "result.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- As JSON ---- */

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

/* ---- In words ---- */

enum { WIDTH = 80, LABEL = RESULT_INDENT };

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

/* ---- Either ---- */

void
result_print(const struct demo_run *d, enum status status, const char *reason)
{
    (d->json ? print_as_json : print_in_words)(d, status, reason);
}

void
result_print_about(const struct demo *demo)
{
    print_json(json_pack("{ss ss sb}", "demo", demo->name, "claim", demo->claim,
                         "timed", !demo->untimed));
}

void
result_end(enum status status)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        exit(status);
    if (errno != EPIPE)
        demo_fail("the result could not be written: %s", strerror(errno));
    exit(FAILED);
}
