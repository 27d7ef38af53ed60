/* SPDX-License-Identifier: MIT */
/*
 * jostle.h - what a lab on kernel threads may use besides lab.h.
 *
 * The kernel may take the CPU away between any two instructions, and hardly
 * ever does it where that hurts. So each call of pthreads that the library
 * makes passes here first, and while jostling is on, a thread stops for a
 * moment before it or after it, now and then. What holds only because nobody
 * came in between no longer holds.
 *
 * lab_say is for one thread at a time: in these tests, for main.
 */
#ifndef LABS_HARNESS_JOSTLE_H
#define LABS_HARNESS_JOSTLE_H

#include <stdbool.h>
#include <stddef.h>

/* Begin, or stop. The moments are drawn from the run's seed. */
void lab_jostle(bool on);

/* Stop for a moment here, perhaps. */
void lab_dawdle(void);

/* What has become of the kernel threads that the library has made. */
struct lab_pthreads {
    size_t made;       /* by pthread_create, to be joined or detached */
    size_t made_loose; /* detached from the first */
    size_t joined;
    size_t detached; /* later */
};

struct lab_pthreads lab_pthreads(void);

/* Refuse the next pthread_create with EAGAIN. */
void lab_refuse_pthread(void);

/* Wait until a condition holds that others bring about; false if it does not
 * within a long time (some seconds). */
bool lab_await(bool (*holds)(void *), void *arg);

#endif
