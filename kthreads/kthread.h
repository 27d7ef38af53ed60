/* SPDX-License-Identifier: MIT */
/*
 * kthread.h - the thread control block.
 *
 * One to one: every thread of the contract is one pthread, and every pthread
 * is one thread of the kernel. Context, stack, ready queue and policy are the
 * kernel's and glibc's. What is left for us to keep is short: who a thread is,
 * how it ends, and what it waits for, so that whoever asks can be told.
 *
 * Three kinds of lock, always taken in this order:
 *   1. the_threads.lock: which threads there are, and how they end;
 *   2. the_threads.channels_lock: all that waits in channels;
 *   3. a thread's own lock: what it tells of itself while it runs.
 */
#ifndef KTHREADS_KTHREAD_H
#define KTHREADS_KTHREAD_H

#include "gil.h"
#include "table.h"
#include "thread.h"
#include "trace.h"
#include "waiting.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

struct kthread {
    /* Owned by thread.c; fixed before anybody else can see the thread. */
    thread_t id;
    thread_t creator;
    pthread_t handle;
    bool is_main; /* its kernel thread and its stack are not of our making */
    void *(*fn)(void *);
    void *arg;
    size_t stack_size; /* usable bytes, in whole pages; 0: not known */

    /* Owned by thread.c; under the_threads.lock. */
    int priority;           /* as asked for; the kernel has its own view */
    struct kthread *joiner; /* who waits for its end */
    struct kthread *joins;  /* whose end it waits for */
    bool detached;
    bool done;

    /* Shared with report.c; under its own lock. */
    pthread_mutex_t lock;
    pid_t tid;       /* 0 until it has run for the first time */
    char *stack_top; /* where its first frame lies, rounded up to a page */
    char name[THREAD_NAME_MAX];
    struct wait wait;

    /* Owned by channel.c; under the lock of all channels. */
    pthread_cond_t *decision; /* of the select it waits in; or NULL */

    /* Private to the running thread. */
    struct trace_cursor trace;
    struct thread_cleanup *cleanup; /* the last handler pushed */
    struct key_value *values;       /* by key; NULL until it sets one */
    bool cancel_off;

    /* Owned by cancel.c; anybody may set it. */
    atomic_bool cancel_asked;

    /* Private to the running thread, and once it is done for everybody to read. */
    void *result;
    uint64_t last_switches; /* what thread_info then says of it */
    uint64_t last_run_ns;
    size_t last_stack_used;
};

struct threads {
    pthread_mutex_t lock;
    struct table table;
    size_t alive; /* main's included; the last one to end ends the process */

    /* Owned by io.c and channel.c; here so that a fork finds them free. */
    pthread_mutex_t flags_lock;    /* who changes a descriptor's flags */
    pthread_mutex_t channels_lock; /* all that waits in channels */
};

extern struct threads the_threads;

/* The running thread; NULL on a kernel thread that is none of ours. */
extern _Thread_local struct kthread *current;

/* The first contract call of a kernel thread: main becomes thread 1, any other
 * is none of ours and panics. (start.c) */
void start(void);

/* The running thread. Every entry that needs it asks here. */
static inline struct kthread *
kthread_self(void)
{
    if (__builtin_expect(!current, 0))
        start();
    return current;
}

/* Enter a thread into the table. Returns 0 or ENOMEM. Call it with
 * the_threads.lock held. (thread.c) */
int kthread_admit(struct kthread *t);

/* The end of the running thread's own part: it keeps its result, its clean-up
 * handlers are called, then its destructors. (thread.c) */
void kthread_finish(struct kthread *t, void *result);

#endif
