/* SPDX-License-Identifier: MIT */
/*
 * post.h - messages that come on many pipes, nobody knows when on which.
 *
 * Another process sends them, one after another with a gap between: in each
 * round one on every pipe, in an order that the seed decides. A message is the
 * time at which it was sent, so who receives it knows how long it has lain
 * there.
 */
#ifndef DEMO_POST_H
#define DEMO_POST_H

#include "demo.h"

#include <stdatomic.h>
#include <sys/types.h>

enum { POST_PIPES = 8, POST_ROUNDS = 4, POST_MESSAGES = 32 };

struct post {
    struct demo_run *d;
    uint64_t gap; /* between two messages, in ns */
    unsigned seed;
    int pipes[POST_PIPES][2];
    int go[2]; /* a byte here, and the rounds begin */

    /* What has come since. Many threads may write it. */
    atomic_int count;
    double latency[POST_MESSAGES]; /* ms */
};

/* Start the other process, before every contract call. */
void post_open(struct post *p, struct demo_run *d);

/* Have POST_MESSAGES sent, and a thread of this name receive them. */
struct post_cost {
    double latency; /* how long a message lay there, in the median, ms */
    double cpu;     /* burnt by this process meanwhile, % of one CPU */
};

struct post_cost post_try(struct post *p, const char *name,
                          void *(*receive)(void *post));

/* Where to read pipe 0 to POST_PIPES - 1. */
int post_fd(const struct post *p, int pipe);

/* What a read of one message returned, and what it read. A read that would
 * have had to wait, and was not to, is none. */
void post_note(struct post *p, ssize_t got, uint64_t sent);

#endif
