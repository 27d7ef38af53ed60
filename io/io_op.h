/* SPDX-License-Identifier: MIT */
/*
 * io_op.h - one operation of input or output, from the call that asks for it
 * to the model that does it.
 *
 * What thread_read wants is the same in every model; how it is waited for is
 * not. So this room has the calls of io.h, written once: each describes its
 * operation in a struct io_op. The model performs it: with user-level threads
 * an engine does, while other threads run; with kernel threads it is the
 * system call.
 *
 *      io.h        thread_read  thread_accept  thread_open ...
 *      io/         a struct io_op each
 *                  ------------- io_perform -------------
 *      uthreads/   engines: io_uring, ...      kthreads/   the system call
 */
#ifndef IO_IO_OP_H
#define IO_IO_OP_H

#include "thread.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

struct iovec;
struct statx;

enum io_call {
    IO_READ,
    IO_WRITE,
    IO_READV,
    IO_WRITEV,
    IO_ACCEPT,
    IO_CONNECT,
    IO_RECV,
    IO_SEND,
    IO_RECVMSG,
    IO_SENDMSG,
    IO_POLL,
    IO_OPEN,
    IO_CLOSE,
    IO_FSYNC,
    IO_STATX,
    IO_SENDFILE,
    IO_SPLICE,
    IO_WAITID,
    IO_FUTEX_WAIT,
    IO_CALLS /* how many there are */
};

/* What all operations of a kind have in common. */
struct io_kind {
    const char *name; /* as thread_info says it */
    short readiness;  /* of the descriptor, as poll has it, that allows it; 0:
                         it is not to be had by waiting for readiness */
    bool of_socket;   /* its flags are of the MSG_ kind */
    bool no_fd;       /* fd is not what it waits for */
    bool once;        /* what a signal has interrupted is not tried again */
};

extern const struct io_kind io_kinds[IO_CALLS];

/* offset for a transfer at the file's own position. */
#define IO_AT_POSITION ((off_t)-1)

/* Where a sendfile or splice takes from, and offsets as the system call wants
 * them: NULL is a descriptor's own position. */
struct io_move {
    int from;
    off_t *from_offset;
    off_t *to_offset;
};

/* flags of a sync that leaves out what describes the file: the ring's own. */
#define IO_DATA_ONLY 1

/* One operation. Lies in the frame of the thread that waits for it, which does
 * not go on before the operation is done: the kernel may write into the
 * thread's memory until then. A thousand parked threads have a thousand of
 * these, so it is kept to one cache line. */
struct io_op {
    enum io_call call;
    int fd;    /* open, statx: the directory; waitid: the id */
    int flags; /* as the system call's; poll: the events */

    /* Owned by uthreads. */
    bool done;
    bool ended;      /* an engine that cancels: its result is there */
    bool cancelling; /* and the end of its cancellation is not */
    bool helped;     /* it is in the hands of a helper kernel thread */

    union {
        void *buf; /* read, write, recv, send */
        const struct iovec *vector;
        struct msghdr *message;
        struct sockaddr *addr; /* accept, connect */
        const char *path;
        siginfo_t *info;            /* waitid: out */
        uint32_t *word;             /* futex */
        const struct io_move *move; /* sendfile, splice */
    };
    union {
        size_t count;        /* of bytes, or of the vector's pieces */
        socklen_t *addr_len; /* accept: in and out; connect: in */
        mode_t mode;         /* open */
        unsigned mask;       /* statx */
        idtype_t id_type;    /* waitid */
        uint32_t expected;   /* futex */
    };
    union {
        off_t offset;        /* of a transfer */
        struct statx *about; /* statx: out */
    };
    uint64_t deadline; /* for whoever waits on the spot */
    void *thread;      /* who waits for it, as the model has it */
    union {
        long result;        /* once done: as the system call's, or -errno */
        struct io_op *next; /* before, while it waits in line; or */
        void *helper;       /* while it is helped */
    };
};

/* ---- What a model does ---- */

/*
 * Do an operation as the contract wants it: a signal does not end it,
 * O_NONBLOCK does not keep it from waiting, and the deadline does end it.
 * Returns as a system call does. A cancellation point; may switch.
 */
long io_perform(struct io_op *op, uint64_t deadline);

/* The operation in a form that does not wait: its result, or -errno, which is
 * -EAGAIN if it would have to. Never switches. */
long io_look(const struct io_op *op);

/* End the waits of all threads in an operation on this descriptor, which the
 * caller is about to close: they get EBADF. Never switches. */
void io_end_waits(int fd);

/* There are news of this child. If it is a thread, note and reap it, and return
 * true. NULL where no thread is a child. */
extern bool (*io_reap_own)(pid_t child);

/* ---- What models use ---- */

/* The descriptor that an operation waits for, or -1. */
static inline int
io_waits_for(const struct io_op *op)
{
    return io_kinds[op->call].no_fd ? -1 : op->fd;
}

/* The operation's system call, here and now: its result, or -errno. It waits
 * as long as it waits, and knows of no thread: whoever calls it may be a
 * kernel thread that is none of ours. */
long io_system_call(const struct io_op *op);

/* The same on descriptors that are O_NONBLOCK for as long as it takes. Two
 * kernel threads must not do so at once: each might restore what the other had
 * set. */
long io_call_nonblocking(const struct io_op *op);

/* ---- What the calls use ---- */

/* Wait until a descriptor is ready: its revents, or -1 with errno. */
static inline long
io_wait_ready(int fd, short events, uint64_t deadline)
{
    struct io_op op = {.call = IO_POLL, .fd = fd, .flags = events};
    return io_perform(&op, deadline);
}

/* A transfer as large as one call can report: what Linux's read and write
 * take at once. */
size_t io_at_most(size_t count);

#endif
