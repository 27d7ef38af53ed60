/* SPDX-License-Identifier: MIT */
/* result.c - see result.h. */
#include "result.h"

#include "grow.h"

#include <stdio.h>
#include <sys/wait.h>

enum { EXIT_SKIP = 77 };

const char *
verdict_words(enum verdict verdict)
{
    static const char *const words[] = {"as predicted", "SURPRISE", "SKIP",
                                        "FAILED"};
    return words[verdict];
}

const char *
result_text(const struct result *result, const char *key)
{
    const char *text = json_string_value(json_object_get(result->json, key));
    return text ? text : "";
}

static char *format_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static char *
format_text(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        fail("out of memory");
    va_end(args);
    return text;
}

const char *
last_words(const struct run_outcome *outcome)
{
    char *err = outcome->err;
    size_t length = err ? strlen(err) : 0;
    while (length > 0 && err[length - 1] == '\n')
        err[--length] = '\0';
    if (!length)
        return "";
    char *line = strrchr(err, '\n');
    return line ? line + 1 : err;
}

/* How it ended, if not in good order; else NULL. */
static char *
bad_end(const struct run_outcome *o, double limit)
{
    const char *words = last_words(o);
    const char *colon = words[0] ? ": " : "";
    if (o->error)
        return format_text("it could not be started: %s", strerror(o->error));
    if (o->timed_out)
        return format_text("killed after the time limit of %g s%s%s", limit,
                           colon, words);
    if (WIFSIGNALED(o->status))
        return format_text("killed by SIG%s (%s)%s%s",
                           sigabbrev_np(WTERMSIG(o->status)),
                           strsignal(WTERMSIG(o->status)), colon, words);
    int status = WEXITSTATUS(o->status);
    if (status != 0 && status != 1 && status != EXIT_SKIP)
        return format_text("exit status %d%s%s", status, colon, words);
    return NULL;
}

/* The verdict in the object; VERDICT_FAILED if there is none that makes sense
 * or the exit status says another. */
static enum verdict
stated_verdict(json_t *json, int status)
{
    static const char *const names[] = {"as-predicted", "surprise", "skip"};
    static const int statuses[] = {0, 1, EXIT_SKIP};
    const char *stated = json_string_value(json_object_get(json, "verdict"));
    for (int v = VERDICT_AS_PREDICTED; stated && v <= VERDICT_SKIP; v++)
        if (strcmp(stated, names[v]) == 0 && statuses[v] == status)
            return (enum verdict)v;
    return VERDICT_FAILED;
}

struct result
result_of(const struct run_outcome *outcome, double limit)
{
    struct result r = {.verdict = VERDICT_FAILED};
    json_error_t error;
    r.why = bad_end(outcome, limit);
    if (r.why)
        return r;
    r.json = json_loads(outcome->out, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(r.json)) {
        const char *words = last_words(outcome);
        r.why =
            format_text("it printed no result: %s", words[0] ? words
                                                    : r.json ? "not an object"
                                                             : error.text);
        json_decref(r.json);
        r.json = NULL;
        return r;
    }
    r.verdict = stated_verdict(r.json, WEXITSTATUS(outcome->status));
    if (r.verdict == VERDICT_FAILED)
        r.why = format_text("its verdict '%s' and its exit status %d do not "
                            "belong together",
                            result_text(&r, "verdict"),
                            WEXITSTATUS(outcome->status));
    else
        r.why = must_copy(result_text(&r, "reason"));
    return r;
}

void
result_free(struct result *result)
{
    json_decref(result->json);
    free(result->why);
}
