/* SPDX-License-Identifier: MIT */
/*
 * helpers.h - kernel threads that wait in our place.
 *
 * For some waits there is no way but to sleep in the kernel: a disk that an
 * engine cannot ask, a name lookup, a call that somebody else wrote. A helper
 * is a kernel thread that does such a job while ours runs on. It knows nothing
 * of user-level threads: it takes a job, runs it, and rings a bell.
 *
 *      scheduler's kernel thread                 helpers
 *      helpers_give -----> [queue] ------------> job->run
 *      helpers_hear <----- [ended] <--- bell --- done
 *
 * The bell is an eventfd, so that whatever the scheduler sleeps in can be woken
 * by it.
 *
 * There is a limit to the helpers, and jobs queue. That is well as long as jobs
 * end; but a hundred threads that open FIFOs to which nobody ever writes would
 * take all helpers away from those who only wait for a disk. So who gives a job
 * says whether it is of that kind, and each of these may have a helper beyond
 * the limit.
 */
#ifndef UTHREADS_HELPERS_H
#define UTHREADS_HELPERS_H

#include "list.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum job_state {
    JOB_QUEUED,  /* nobody has begun it */
    JOB_RUNNING, /* on a helper */
    JOB_ENDED    /* and not heard of yet */
};

struct helper_job {
    /* Filled in by who gives it. */
    void (*run)(
        struct helper_job *job); /* on a helper: touches nothing of ours */
    void (*ended)(
        struct helper_job *job); /* then, on the scheduler's kernel thread */
    bool can_be_broken_off; /* its run is one system call that may be ended */
    bool endless;           /* it may wait for as long as somebody else likes */

    /* Owned by helpers.c, under its lock. */
    enum job_state state;
    struct link link; /* in the queue, or among the ended */
    pthread_t helper; /* who runs it */
    bool broken_off;  /* it was asked to end early; ended: it did */
    unsigned life;    /* the pool's, when it was given */
};

/* One for each scheduler. */
struct helpers {
    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct list queue;
    size_t queued; /* its length */
    struct list ended;
    size_t count; /* helpers that live */
    size_t idle;  /* ... of whom so many will look for work before they rest */
    size_t limit; /* for jobs that end by themselves there are never more */
    size_t endless; /* jobs of the other kind that have not ended */
    unsigned rest;  /* ms without work after which one ends */
    unsigned life;  /* one more in the child of a fork */

    /* The scheduler's. */
    int bell;   /* readable when a job has ended; -1 before the first job */
    size_t out; /* jobs given and not heard of */
};

/* Make it ready for use; the first job starts the first helper. */
void helpers_open(struct helpers *h, size_t limit);

/* In the child of a fork there are no helpers, and none of the jobs will ever
 * end, unless it is broken off. */
void helpers_forget(struct helpers *h);

/* Have a job done; the struct stays where it is until it has ended. Returns 0,
 * or the errno number for which no helper can be had: then it has been run on
 * the spot, and has ended. */
int helpers_give(struct helpers *h, struct helper_job *job);

/* Ask for the early end of a job. One that has not begun does not begin, one
 * that can be broken off is; any other runs to its end. It still ends like any
 * other. */
void helpers_break_off(struct helpers *h, struct helper_job *job);

/* Are there jobs that wait for another to end, since no helper can be had? */
bool helpers_are_short(struct helpers *h);

/* Call ended for each job that has. */
void helpers_hear(struct helpers *h);

#endif
