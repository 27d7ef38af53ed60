/* SPDX-License-Identifier: MIT */
/*
 * stall.h - does a thread that waits stop the others?
 *
 * One thread, the reader, puts a question to another process, which takes its
 * time to answer. Three others count. What the reader does to get its answer
 * is all that blocking.c and uring.c differ in; the rest is here.
 * (pagefault.c and quantum-rescue.c wait in other ways yet.)
 *
 *      other process          .------ takes its time -----.
 *                          ask|                           |answer
 *      reader            .----'===== waits for it ========'----.
 *      counters   ----------------- still counting? -----------------
 *                  before |            delay             | after
 *
 * Counting is progress: a counter works for 50 us, notes the time, yields. The
 * *longest silence* is the longest span between question and answer in which
 * no counter made progress. Where the counters are not disturbed it is about
 * one turn; where all of them stop, it is the whole delay.
 */
#ifndef STALL_H
#define STALL_H

#include "answerer.h"
#include "demo.h"
#include "io.h" /* a reader may call thread_read, */

#include <stdatomic.h>
#include <unistd.h> /* or read */

/* The counters never wait, so half of this is generous to a busy machine; and
 * a stall that is none still leaves most of the delay. */
#define STALL_STALLED 0.80 /* silence of at least so much of the delay */
#define STALL_FREE    0.25 /* or less than so much */

struct stall {
    struct demo_run *d;
    uint64_t before; /* how long the counters count alone, in ns */
    uint64_t delay;  /* how long the other process takes to answer */

    /* The prediction. */
    const char *call; /* what the reader waits in, */
    const char *wait; /* and what kind of thing that is: "call" unless set */
    bool stalls;      /* and whether that stops the counters */

    /* The reader's. */
    struct answerer other; /* which it asks; */
    int answer;            /* after the delay there is a byte in this pipe */
    uint64_t asked;
    uint64_t answered;

    /* Shared by the counters, who may run at the same instant. */
    _Atomic bool stop;             /* enough */
    _Atomic bool waiting;          /* the reader is: progress counts */
    _Atomic uint64_t progress;     /* when there was some last */
    _Atomic uint64_t longest;      /* silence so far */
    _Atomic unsigned long counted; /* turns while the reader waits */
};

/* Start the other process. It must come before every contract call, so that
 * nothing of the thread library is in it. */
void stall_open(struct stall *s, struct demo_run *d);

/* The same for another kind of answer than a byte in the pipe: the other
 * process gives it, and can if it says true. */
void stall_open_giving(struct stall *s, struct demo_run *d,
                       answerer_give *give);

/* Or without another process, if the answer comes from somewhere else. */
void stall_open_alone(struct stall *s, struct demo_run *d);

/* Let three threads count; let the reader run among them; join them all. May
 * be done again. */
void stall_count_while(struct stall *s, void *(*reader)(void *));

/* ... and do it again a few times, as long as it was neither a stall nor none:
 * on a busy machine the counters may have had no CPU. */
void stall_count_until_clear(struct stall *s, void *(*reader)(void *));

/* The reader brackets its wait with these two. */
void stall_ask(struct stall *s);
void stall_answered(struct stall *s, ssize_t got);

/* ... or, if there is nobody to ask, with these. */
void stall_begin(struct stall *s);
void stall_end(struct stall *s);

/* What was measured: the longest silence, and the counters' work, as shares of
 * the delay. Was it a stall, or did the others get on? It can be neither. */
double stall_silence(const struct stall *s);
double stall_work(const struct stall *s);
bool stall_is_stalled(const struct stall *s);
bool stall_is_free(const struct stall *s);
bool stall_is_clear(const struct stall *s);

#endif
