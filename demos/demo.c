/* SPDX-License-Identifier: MIT */
/*
 * demo.c - see demo.h.
 *
 * A verdict comes with its reason, one sentence put together from what was
 * found and why:
 *
 *      as predicted:  FOUND: BECAUSE.
 *      a surprise:    FOUND. Predicted was: PREDICTED.
 *
 * A "because" is our explanation of what we predicted, so it has no place
 * where something else has happened.
 */
#include "demo.h"

#include "flags.h"
#include "result.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
    result_print(d, status, reason);
    json_decref(d->measured);
    free(d->predicted);
    free(d->found);
    free(d->shown);
    free(reason);
    result_end(status);
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
    if (asprintf(&all, "%s%-*s%s\n", d->shown ? d->shown : "", RESULT_INDENT,
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

/* ---- The whole ---- */

int
demo_main(int argc, char **argv, const struct demo *demo)
{
    struct demo_run d = {.scale = 1, .seed = 1, .demo = demo};
    if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
        demo_fail("there is no standard output"); /* or a pipe would be it */
    if (flags_read(&d, argc, argv)) {
        result_print_about(demo);
        result_end(0);
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
