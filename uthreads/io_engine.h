/* SPDX-License-Identifier: MIT */
/*
 * io_engine.h - who does the waiting for input and output.
 *
 * An operation is described once (struct io_op), given to the engine, and some
 * time later it is done. Engines differ in what happens in between: io_uring
 * lets the kernel work while other threads run; epoll tells when a call would
 * not wait, and then makes it; the blocking engine makes it there and then, and
 * the whole process waits.
 */
#ifndef UTHREADS_IO_ENGINE_H
#define UTHREADS_IO_ENGINE_H

#include "io_op.h"

struct io_engine {
    const char *name; /* as UTHREADS_IO spells it */
    bool suspends;    /* false: submit waits, and stalls every thread */

    /* Get ready. 0, or an errno number with *what naming the step. */
    int (*open)(const char **what);

    /* Begin an operation. It may be done on return. */
    void (*submit)(struct io_op *op);

    /* Ask for an operation that is not done to end early. It still ends like
     * any other: done, perhaps with -ECANCELED. */
    void (*cancel)(struct io_op *op);

    /* This number is about to stand for another file, or for none. NULL: the
     * engine remembers nothing of descriptors. */
    void (*closing)(int fd);

    /* Hand what was submitted to the kernel, and finish what is complete.
     * Never waits. */
    void (*poll)(void);

    /* Wait until an operation completes, a signal comes, or the deadline
     * passes; then as poll. */
    void (*wait)(uint64_t deadline);

    /* Operations that are not done. */
    size_t (*pending)(void);

    /* In the child of a fork: let go of what was opened, which is the parent's,
     * without a change to it. Its operations are not ours any more. */
    void (*forget)(void);
};

extern const struct io_engine io_engine_uring;
extern const struct io_engine io_engine_epoll;
extern const struct io_engine io_engine_unopened; /* opens the right one */
extern const struct io_engine io_engine_blocking;

/* For an engine: this operation is done; wake its thread, if it is anybody's.
 */
void io_complete(struct io_op *op, long result);

/* The engine in use, and why it is not the better one (NULL if it is). */
extern const struct io_engine *io_engine;
extern const char *io_fallback;

/* How many operations may wait to be handed to io_uring; more are handed over
 * early. The completion queue takes twice as many, and what does not fit there
 * the kernel keeps until there is room: nothing is lost. */
extern unsigned io_ring_entries;
#define RING_LEAST 8

/* Choose and open the engine that UTHREADS_IO asks for: uring, epoll,
 * blocking, or auto (the first of these that can be had, with a notice if it
 * is not uring). Ends the process if what was insisted on cannot be had. */
void io_start(void);

/* One more in the child of a fork. What was begun in an earlier life is the
 * parent's, and never done. */
extern unsigned io_life;

/* In the child of a fork: what other threads had begun is ended there with
 * ECANCELED, and the first operation opens a new engine. */
void io_forked(void);

#endif
