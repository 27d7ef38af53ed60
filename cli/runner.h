/* SPDX-License-Identifier: MIT */
/*
 * runner.h - run one demo to its end, and know how it ended.
 *
 * The demo runs in a process group of its own and dies with us. It has a time
 * limit; what it prints is collected while it runs, and the kernel's records
 * of its threads are drained at the same time.
 */
#ifndef CLI_RUNNER_H
#define CLI_RUNNER_H

#include "kernel_lanes.h"

struct run_request {
    char *const *argv;           /* argv[0] is the program's path */
    char *const *settings;       /* of its environment; NULL: none */
    double limit;                /* seconds; 0: none */
    bool collect;                /* its output to us, not to where ours goes */
    struct kernel_lanes *kernel; /* record its threads; NULL: do not */
};

struct run_outcome {
    int status;     /* as waitpid gives it */
    bool timed_out; /* killed at its limit */
    int error;      /* it could not be started: an errno number */
    char *out;      /* what it printed, NUL-terminated; NULL: not collected */
    char *err;      /* the same of its standard error */
};

/* Run it. The caller frees the outcome. */
struct run_outcome runner_run(const struct run_request *request);

void run_outcome_free(struct run_outcome *outcome);

#endif
