/* SPDX-License-Identifier: MIT */
/*
 * rounds.h - measuring things beside each other on a noisy machine.
 *
 * A shared machine changes its speed from one second to the next, so a number
 * from one run says little, and two numbers from two runs say nothing. All
 * works are therefore measured in turn, round after round, in one run on one
 * CPU; what counts is the median, and the ratio within the same rounds.
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include <stddef.h>

#define ROUNDS_MAX 101

/* One kind of work. */
struct work {
    const char *name;
    double (*measure)(void); /* does it a number of times: ns for one */
    const char *note;        /* what is in it */
    double ns[ROUNDS_MAX];   /* filled in, round by round, then sorted */
};

/* Two works whose ratio is claimed. */
struct claim {
    const char *name;
    size_t of, to;  /* indices of works: ns of / ns to */
    double at_most; /* 0: reported, nothing claimed */
};

/*
 * Pin to one CPU, do all works in turn for as many rounds as the command line
 * asks (--rounds N, default 9), and print medians, quartiles and ratios as a
 * table, or with --json as one object. Returns the exit status: 0, 2 for a
 * command line that is not understood.
 */
int rounds_main(int argc, char **argv, const char *title, struct work *works,
                size_t work_count, const struct claim *claims,
                size_t claim_count);

#endif
