/* SPDX-License-Identifier: MIT */
/*
 * io_engine.h - who does the waiting for input and output.
 *
 * An operation is described once (struct io_op), given to the engine, and some
 * time later it is done. Engines differ in what happens in between: io_uring
 * lets the kernel work while other threads run; the blocking engine makes the
 * system call there and then, and the whole process waits.
 */
#ifndef UTHREADS_IO_ENGINE_H
#define UTHREADS_IO_ENGINE_H

#include "uthread.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum io_call {
    IO_READ,
    IO_WRITE,
    IO_ACCEPT,
    IO_CONNECT,
    IO_RECV,
    IO_SEND,
    IO_POLL
};

/* offset for a read or write at the file's own position. */
#define IO_AT_POSITION ((off_t)-1)

/* One operation. Lies in the frame of the thread that waits for it, which does
 * not go on before the operation is done: the kernel may write into the
 * thread's memory until then. */
struct io_op {
    enum io_call call;
    int fd;
    int flags;    /* of accept, recv, send */
    short events; /* of poll */
    bool done;
    void *buf; /* of read, write, recv, send */
    size_t count;
    off_t offset; /* of read, write */
    struct sockaddr *addr;
    socklen_t *addr_len; /* accept: in and out; connect: in */
    uint64_t deadline;   /* for an engine that waits on the spot */
    struct uthread *thread;
    long result; /* once done: as the system call's, or -errno */

    /* Private to an engine that cancels. */
    bool ended;      /* its result is there */
    bool cancelling; /* and the end of its cancellation is not */
};

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

    /* Hand what was submitted to the kernel, and finish what is complete.
     * Never waits. */
    void (*poll)(void);

    /* Wait until an operation completes, a signal comes, or the deadline
     * passes; then as poll. */
    void (*wait)(uint64_t deadline);

    /* Operations that are not done. */
    size_t (*pending)(void);
};

extern const struct io_engine io_engine_uring;
extern const struct io_engine io_engine_blocking;

/* For an engine: this operation is done; wake its thread. */
void io_complete(struct io_op *op, long result);

/* The engine in use, and why it is not the better one (NULL if it is). */
extern const struct io_engine *io_engine;
extern const char *io_fallback;

/* Choose and open the engine that UTHREADS_IO asks for: uring, blocking, or
 * auto (uring if this kernel and its limits allow it, else blocking with a
 * notice). Ends the process if what was insisted on cannot be had. */
void io_start(void);

#endif
