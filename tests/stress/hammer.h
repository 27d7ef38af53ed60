/* SPDX-License-Identifier: MIT */
/*
 * hammer.h - workers that are interrupted anywhere, and check what they see.
 *
 * A worker does one thing over and over. Everything that workers share lies in
 * the workshop, so that all of them see it, whatever a thread is.
 */
#ifndef HAMMER_H
#define HAMMER_H

#include "channel.h"
#include "sync.h"
#include "thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct worker {
    const char *name;
    void *(*fn)(void *);
    int number; /* among those with the same function */
    uint64_t rounds, wrong;
    thread_t thread;
};

#define SHELF 4

extern struct workshop {
    struct worker workers[32];
    _Atomic bool over;
    bool polite;  /* nobody takes the CPU away: offer it */
    bool apart;   /* each has descriptors and output of its own */
    FILE *paper;  /* for all who print */
    int pipe_in;  /* to be read */
    int pipe_out; /* to be written */

    /* Two that are equal whenever nobody holds the mutex. */
    struct mutex till;
    volatile long till_left, till_right;

    /* The same for a reader-writer lock. */
    struct rwlock library;
    volatile long editions[2];

    /* A bounded buffer of one's own make. */
    struct mutex shelf_lock;
    struct cond shelf_filled, shelf_emptied;
    uint64_t shelf_in, shelf_out, shelf[SHELF];

    /* Two throw one ball; nobody has it while the other does. */
    struct semaphore ball[2];
    volatile int ball_held;

    struct channel stream; /* of numbers; -1 is its end */

    /* Threads that were cancelled: begun, and cleaned up after. */
    volatile int made, unmade;
} * shop;

#define LINES_MOST 200000u

/* Count a round, and whether what it saw was right. Go on? */
static inline bool
check(struct worker *w, bool right)
{
    w->rounds++;
    w->wrong += !right;
    if (shop->polite)
        thread_checkpoint();
    return !shop->over;
}

static inline unsigned
dice(unsigned *state, unsigned sides)
{
    *state = *state * 1103515245 + 12345;
    return (*state >> 16) % sides;
}

/* Workers alone: what interrupts a thread must not change what it has. */
void *allocate(void *worker);
void *print(void *worker);
void *keep_errno(void *worker);
void *calculate(void *worker);
void *sleep_a_little(void *worker);
void *create(void *worker);

/* Workers together: those of a name share a thing. */
void *exclude(void *worker);
void *read_or_write(void *worker);
void *fill_shelf(void *worker);
void *empty_shelf(void *worker);
void *throw_ball(void *worker);
void *send_numbers(void *worker);
void *receive_numbers(void *worker);
void *write_bytes(void *worker);
void *read_bytes(void *worker);

#endif
