/* SPDX-License-Identifier: MIT */
/*
 * uthread.h - the thread control block.
 *
 * It lies at the top of the thread's own stack, so creating a thread takes one
 * piece of memory and freeing it gives back one. Its states:
 *
 *                    pick                    thread_exit
 *      create -> READY <------> RUNNING ------------------> DONE -> (joined)
 *                  ^    yield      |
 *             wake |               | block
 *                  +--- BLOCKED <--+
 */
#ifndef UTHREADS_UTHREAD_H
#define UTHREADS_UTHREAD_H

#include "fiber.h"
#include "list.h"
#include "stack.h"
#include "thread.h"

#include <stddef.h>

struct context;
struct io_op;

/* What a blocked thread waits for. Lies in the frame of the function that
 * blocks, which stays as it is for just as long as the thread is blocked. */
struct wait {
    enum thread_wait kind;
    int fd;            /* of an I/O operation */
    const char *call;  /* its name */
    struct io_op *ops; /* begun for it, by the engine; or NULL */
    size_t op_count;
    struct list *queue;     /* where to wait in line; NULL: no line */
    const void *object;     /* the mutex, channel, ... it waits for */
    struct uthread *thread; /* whose end is awaited */
    bool cancellable;       /* this wait is a cancellation point */
    bool wants_write;       /* of a reader-writer lock */
};

struct uthread {
    /* The first cache line is all that a switch, a wait and a wake touch, but
     * for a deadline. The stack begins where it does. */

    /* Owned by sched.c. */
    _Alignas(64) struct context *context; /* while it does not run */
    enum thread_state state;
    int saved_errno;         /* while it does not run */
    const struct wait *wait; /* while it is blocked */
    uint64_t wait_since;     /* a clock_stamp */
    uint64_t switches;

    /* Owned by time.c. */
    uint32_t timer;     /* its place in the heap, counted from 1; 0: none */
    int16_t wait_error; /* how its wait ended: see time.h */

    /* Owned by cancel.c. */
    bool cancel_asked;
    bool cancel_off;

    /* One link, two kinds of list: the ready queue while READY, the queue it
     * waits in while BLOCKED. No thread is both. */
    struct link link;

    /* Read by the policy, set by thread.c and inherit.c. */
    int priority;      /* the effective one */
    int base_priority; /* its own; less if it inherits a higher one */
    uint64_t due;      /* UINT64_MAX: no matter when */

    /* Private to the policy. */
    int level;
    unsigned used_turns;
    uint64_t boosts;
    uint64_t key;

    /* Owned by inherit.c: the mutexes it holds, by the last one locked. */
    struct mutex_view *holds;

    /* Owned by sched.c, which counts them if it is told to. */
    uint64_t run_ticks;

    /* Owned by time.c. */
    uint64_t deadline;

    /* Owned by thread.c. */
    thread_t id;
    thread_t creator;
    char name[THREAD_NAME_MAX];
    void *(*fn)(void *);
    void *arg;
    void *result;           /* once DONE */
    struct uthread *joiner; /* who waits for its end */
    bool detached;
    struct stack stack;

    /* Owned by cancel.c. */
    struct thread_cleanup *cleanup; /* the last handler pushed */

    /* Owned by key.c: its values by key; NULL until it sets one. */
    struct key_value *values;

    /* For the tools that watch; see fiber.h. */
    struct fiber fiber;
};

_Static_assert(offsetof(struct uthread, priority) == 64,
               "what every wait touches is one cache line");

#endif
