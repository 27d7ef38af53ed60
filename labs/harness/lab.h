/* SPDX-License-Identifier: MIT */
/*
 * lab.h - what a lab's test programs share: a scenario, and its trace.
 *
 * A test program judges nothing. It plays a scenario and says what happens, a
 * line for each event; another process, which the program cannot reach, reads
 * the lines and compares them with what a right library does. So a program that
 * lies about itself, or ends early, has proved nothing.
 *
 * What the scenario is depends on a number that is drawn anew for each run and
 * comes in on standard input:
 *
 *      threadbare-lab NONCE SEED [NAME=NUMBER ...]
 *
 * and the trace goes out on descriptor 3 (or standard error, if there is none):
 *
 *      threadbare-trace NONCE
 *      1 0 create 1            number, lane, words
 *      2 1 step 5
 *      end 2 CHECKSUM          of all lines before, begun with the nonce
 */
#ifndef LABS_HARNESS_LAB_H
#define LABS_HARNESS_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read the challenge and begin the trace. First of all. */
void lab_begin(void);

/* A number below this bound, from the run's seed. */
uint64_t lab_random(uint64_t bound);

/* Any 64 bits, the same way. */
uint64_t lab_random_bits(void);

/* Begin the run's numbers again, from here. */
void lab_reseed(uint64_t seed);

/* What the challenge has under this name, or else this. */
unsigned lab_option(const char *name, unsigned otherwise);

/* Say nothing from here on, or again what happens. */
void lab_mute(bool muted);

/* Does nothing: the place for a breakpoint, where what was asked for begins. */
void lab_chosen(void);

/* An event in a lane: 0 is main's, the others are the scenario's to give. */
void lab_say(int lane, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The scenario is over: end the trace, and the process with status 0. */
void lab_end(void) __attribute__((noreturn));

/* ---- Counters of what the library asks for; see stacks.c ---- */

struct lab_stacks {
    size_t live;   /* given out and not given back */
    size_t failed; /* refused, because a test wanted so */
    bool in_use;   /* one was given back by somebody who stood on it */
    bool twice;    /* or one that was not out */
};

struct lab_stacks lab_stacks(void);

/* Refuse the next `count` stacks. */
void lab_refuse_stacks(size_t count);

/* Refuse the next `count` places in the heap of deadlines. */
void lab_refuse_timers(size_t count);

#endif
