/* SPDX-License-Identifier: MIT */
/*
 * jobs.h - a number of jobs, which compute, or wait, or some of both.
 *
 * What a job waits for is an answer from another process (answerer.h), of which
 * each thread has one.
 */
#ifndef DEMO_JOBS_H
#define DEMO_JOBS_H

#include "demo.h"

enum { JOBS_THREADS = 4 };

/* What all jobs take one after the other, in ms, when nobody disturbs. */
#define JOBS_SUM 12.0

/* Start the other processes. Must come before every contract call. */
void jobs_open(void);

/* How long it took so many threads to do all jobs; in ms. */
struct jobs_time {
    double all;
    double
        crowded; /* the share of it in which they were ready, without a CPU */
};

/* Of each job such a share is waiting: from 0 to 1. */
struct jobs_time jobs_do(struct demo_run *d, int threads, double waiting);

#endif
