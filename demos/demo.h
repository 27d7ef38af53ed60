/* SPDX-License-Identifier: MIT */
/*
 * demo.h - what every experiment shares: flags, results, the verdict.
 *
 * An experiment is a file with a run function and this at its end:
 *
 *      static const struct demo demo = {"name", "what it claims", run};
 *
 *      int
 *      main(int argc, char **argv)
 *      {
 *          return demo_main(argc, argv, &demo);
 *      }
 *
 * run sets up, predicts, runs, measures, and judges what it measured against
 * what it predicted. It predicts from the *properties* of the thread model
 * that it is linked with (thread_model), never from the model's name, and says
 * no verdict that it did not compute.
 *
 * Everything here is for main, not for the threads it makes, but demo_fail,
 * demo_thread and demo_join.
 */
#ifndef DEMO_H
#define DEMO_H

#include "thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demo_run {
    double scale;  /* --scale: how much larger than usual; 0.01 to 100 */
    uint64_t seed; /* --seed: where a random choice begins */
    bool json;     /* --json: print one object, not words */

    /* Private to demo.c and result.c: what has been said so far. */
    const struct demo *demo;
    struct json_t *measured;
    char *predicted;
    char *found;
    char *shown; /* lines; NULL: none */
};

/* A flag that only one experiment has: --name VALUE. */
struct demo_flag {
    const char *name, *value, *about;
    const char **set; /* where its value goes; NULL where it is not given */
};

#define DEMO_FLAGS_MAX 4

struct demo {
    const char *name;  /* the file's, without its .c */
    const char *claim; /* one sentence, true in every model */
    void (*run)(struct demo_run *d);
    struct demo_flag flags[DEMO_FLAGS_MAX]; /* of its own; may be none */
    bool untimed; /* no time decides: others may run beside it */
};

/* Read the flags, run the demo, print its result. Returns the exit status: 0
 * as predicted, 1 a surprise, 2 a flag was wrong, 3 it failed, 77 skipped. */
int demo_main(int argc, char **argv, const struct demo *demo);

/* ---- What run says, in this order ---- */

/* Say what will be measured, before it is: a sentence without its full stop,
 * as all sentences here. */
void demo_predict(struct demo_run *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Note a measured number. Its name is a word or words_joined_like_this. */
void demo_measure(struct demo_run *d, const char *name, double value,
                  const char *unit);

/* A line of a picture, for people; not in the result as JSON. At most 69 bytes
 * fit beside its label. */
void demo_show(struct demo_run *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say what was found, in the measured numbers. */
void demo_found(struct demo_run *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Judge and end: did the prediction hold, and if it did, why was that to be
 * expected? */
void demo_judge(struct demo_run *d, bool held, const char *because, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

/* ... or end without a verdict: this machine cannot show it, for a reason. */
void demo_skip(struct demo_run *d, const char *reason, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* ... or end because something broke that has nothing to do with the claim. */
void demo_fail(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* ... or end because the value of a flag of its own is no good. */
void demo_usage(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* ---- Help ---- */

/* Create a thread, or skip if the system has no room for another. */
thread_t demo_thread(struct demo_run *d, const char *name, void *(*fn)(void *),
                     void *arg);

/* Wait for its end; something broke if its process crashed. */
void demo_join(thread_t thread);

/* Is every thread one of the kernel's, which switches them? */
bool demo_kernel_switches(void);

/* Memory that all threads see, whatever a thread is: all zero bytes. */
void *demo_shared(struct demo_run *d, size_t size);

/* Milliseconds from one time to another. */
double demo_ms(uint64_t from, uint64_t to);

/* The value in the middle. Sorts the values. */
double demo_median(double *values, int count);

#endif
