/* SPDX-License-Identifier: MIT */
/*
 * answerer.h - another process, which takes its time to answer.
 *
 * A question is written to it: how long to take, in ns. When so much time has
 * passed it gives its answer, which is a byte in a pipe unless it is to be
 * something else, and reads the next question.
 */
#ifndef DEMO_ANSWERER_H
#define DEMO_ANSWERER_H

#include <stdbool.h>
#include <stdint.h>

struct answerer {
    int question; /* write here, by answerer_ask, */
    int answer;   /* and after that time read a byte from here */
};

/* Gives the answer; false if that cannot be done. */
typedef bool answerer_give(int answer);

bool answerer_give_byte(int answer);

/* Start it. Must come before every contract call: see other.h. */
void answerer_start(struct answerer *a, answerer_give *give);

void answerer_ask(const struct answerer *a, uint64_t time);

#endif
