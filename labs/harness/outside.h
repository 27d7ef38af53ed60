/* SPDX-License-Identifier: MIT */
/*
 * outside.h - the world outside of the process, played.
 *
 * A test of waiting that waits takes long, and on a busy machine proves
 * nothing. So here the clock stands still while the program runs, and goes on
 * only when the process asks to sleep: straight to when the next thing happens
 * outside (somebody writes, closes, sends a signal), or to the end of the
 * sleep. What took how long is then exact, and nobody waits.
 *
 *      program: runs, runs, epoll_wait(20 ms)         runs ...
 *      clock:   5 ms ----------------- 12 ms: a byte comes
 *
 * Each question of the process whether something has come takes a microsecond,
 * so one that asks again and again sees time pass; and its questions are
 * counted, those that wait for an answer apart from those that do not.
 *
 * Descriptors and data are the kernel's own. A test program is linked with
 * --wrap for the calls in outside.c, so that each of them, whoever makes it,
 * comes there first.
 */
#ifndef LABS_HARNESS_OUTSIDE_H
#define LABS_HARNESS_OUTSIDE_H

#include "lab.h"

#include <errno.h>
#include <unistd.h>

#define OUTSIDE_MS 1000000u /* ns */

struct outside {
    uint64_t now; /* ns */

    /* What the process has asked for. */
    unsigned looks;      /* is there anything? */
    unsigned sleeps;     /* until there is */
    unsigned registered; /* calls of epoll_ctl */

    /* What is to go wrong. */
    unsigned interrupts;    /* so many transfers are interrupted */
    size_t at_most;         /* bytes at once; 0: as many as there are */
    void (*meanwhile)(int); /* happens just before a descriptor is registered */
    int meanwhile_arg;
};

extern struct outside outside;

/* Begin: before the first call of the library. Its ticks, by which it looks
 * around every 50 us, are of this clock too. */
void outside_begin(void);

/* This will happen, in so many nanoseconds. NULL: a signal, and nothing else.
 */
void outside_later(uint64_t ns, void (*happens)(int arg), int arg);

/* What happens most: somebody writes the next letter, or closes his end. */
void outside_give(int fd);
void outside_leave(int fd);

/* The running thread computes for so long. */
void outside_compute(uint64_t ns);

/* What time it is, for a trace. */
unsigned outside_us(void);

#endif
