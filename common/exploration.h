/* SPDX-License-Identifier: MIT */
/*
 * exploration.h - what the front end asks of an explored program, and what it
 * is told: one piece of memory that both have mapped.
 *
 * `threadbare explore` fills in what it asks, starts the program with the
 * memory as an open descriptor (UTHREADS_EXPLORE=N), and reads the answers when
 * the program has ended. See uthreads/explore.c.
 */
#ifndef COMMON_EXPLORATION_H
#define COMMON_EXPLORATION_H

#include <stdbool.h>
#include <stdint.h>

#define EXPLORATION_MAGIC     0x3258455442524854u /* "THRBTEX2", so to speak */
#define EXPLORATION_DECISIONS 8192

enum exploration_strategy {
    EXPLORE_RANDOM, /* each choice as likely as the next */
    EXPLORE_PCT,    /* random priorities, and a few points where they change */
    EXPLORE_DFS     /* all schedules with a bounded number of preemptions */
};

/* One decision: of several threads that could run, which one did. */
struct decision {
    uint16_t choices; /* at least 2 */
    uint16_t chosen;  /* counted from 0 */
    bool preempts;    /* choice 0 was to let the running thread go on */
};

/* One run of the program: its decisions, those that were made for it first. */
struct schedule {
    uint32_t length;
    uint32_t points; /* places where a decision could be, with one choice too */
    struct decision at[EXPLORATION_DECISIONS];
};

struct exploration {
    uint64_t magic;

    /* Asked. */
    uint32_t strategy;
    uint32_t depth;         /* PCT: of the bugs looked for */
    uint32_t horizon;       /* PCT: points among which its falls lie; told */
    uint32_t bound;         /* DFS: preemptions in a schedule */
    uint32_t point_limit;   /* a run that passes more of them is given up */
    uint64_t seed;          /* of the first run; the next has the next */
    uint64_t runs;          /* at most */
    uint32_t second_limit;  /* a run may take, in s */
    bool heard;             /* what the runs print is not thrown away */
    struct schedule forced; /* begin each run so; DFS begins with this one */

    /* Told. */
    uint64_t done;  /* runs that have ended */
    bool served;    /* the program did call the contract */
    bool failed;    /* the last run did, in this way: */
    int32_t status; /* as waitpid gives it */
    uint64_t failing_seed;
    bool exhausted; /* DFS: there is no other schedule */
    struct schedule last;
};

/* The exit status of a run that passed too many points. */
#define EXPLORE_TOO_LONG 125

#endif
