/* SPDX-License-Identifier: MIT */
/*
 * result.h - what a demo says it measured, and whether we may believe it.
 *
 * A demo run with --json prints one object. It is taken at its word only if
 * the object is whole and its exit status says the same; a crash, a time limit
 * or nonsense on its output is a result too, and says so.
 */
#ifndef CLI_RESULT_H
#define CLI_RESULT_H

#include "runner.h"

#include <jansson.h>

enum verdict {
    VERDICT_AS_PREDICTED,
    VERDICT_SURPRISE,
    VERDICT_SKIP,
    VERDICT_FAILED /* it crashed, hung, or made no sense */
};

struct result {
    json_t *json; /* what it printed; NULL: nothing usable */
    enum verdict verdict;
    char *why; /* its own reason, or what went wrong */
};

/* Judge a run. The caller frees the result. */
struct result result_of(const struct run_outcome *outcome, double limit);

/* The last line that a demo wrote on standard error, or "": its own account
 * of what went wrong is worth more than our guess. */
const char *last_words(const struct run_outcome *outcome);

/* A string of the object, or "". */
const char *result_text(const struct result *result, const char *key);

/* "as predicted", "SURPRISE" ... */
const char *verdict_words(enum verdict verdict);

void result_free(struct result *result);

#endif
