/* SPDX-License-Identifier: MIT */
/*
 * waiting.h - what a model in which the kernel does the waiting tells of it.
 *
 * There a call that waits is a system call with something said before and
 * after it. kthreads/io.c, io_poll.c and time.c are written against this page alone,
 * so every such model links the same object files: a thread of the kernel and
 * a process read a pipe in the same way. Each model defines these functions.
 */
#ifndef COMMON_WAITING_H
#define COMMON_WAITING_H

#include "thread.h"

#include <poll.h>

/* What a blocked thread waits for. All zero bytes: nothing, it is running. */
struct wait {
    enum thread_wait kind;
    const void *object;          /* mutex, condition variable, semaphore */
    thread_t thread;             /* whose end is awaited */
    int fd;                      /* of an I/O operation */
    const char *call;            /* its name */
    const struct pollfd *polled; /* ... of a poll: all its descriptors */
    size_t polled_count;
    uint64_t since; /* filled in by wait_begin */
};

/*
 * Tell what the running thread is about to wait for, and that it goes on: this
 * is all of block and wake that is not the kernel's. Put them only around a
 * call that will not return at once; wait_end keeps errno.
 */
void wait_begin(struct wait wait);
void wait_end(void);

/*
 * Call wait(arg), which a cancellation may end: then undo(arg) is called,
 * unless it is NULL, which leaves everything as if the call had not been made,
 * and the thread ends. Else returns what wait has returned. wait must do
 * nothing that a call of pthreads which is cancelled would lose.
 */
int cancel_point(int (*wait)(void *), void (*undo)(void *), void *arg);

/*
 * Around a system call that is not expected to wait, and so is not told of,
 * but may: another thread has taken what was there, or a pipe has room for half
 * of it. Where a lock is held around the whole program, it is let go of for as
 * long, and taken again if begun is what call_begin has returned. Nesting is
 * allowed; call_end keeps errno.
 */
bool call_begin(void);
void call_end(bool begun);

/* Be the only one who changes the flags of open files; and no longer. */
void flags_lock(void);
void flags_unlock(void);

#endif
