/* SPDX-License-Identifier: MIT */
/*
 * schedule.h - a schedule in words.
 *
 * It is written as the decisions that are not choice 0, each with its number:
 * 3:1,7:2.
 */
#ifndef CLI_SCHEDULE_H
#define CLI_SCHEDULE_H

#include "exploration.h"

#include <stdbool.h>
#include <stdint.h>

/* "3:1,7:2"; "0:0" if every choice is 0. The caller frees it. */
char *schedule_words(const struct schedule *s);

/* The other way; false if the words are none. */
bool schedule_read(struct schedule *s, const char *words);

/* How many of its decisions take the CPU from a thread that could go on. */
uint32_t schedule_preemptions(const struct schedule *s);

#endif
