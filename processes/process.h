/* SPDX-License-Identifier: MIT */
/*
 * process.h - the control block of a thread that is a process.
 *
 * thread_create forks: the new thread is a child process that begins with a
 * copy of all its creator's memory and shares none of it. What all of them must
 * know of each other (who there is, how it ended, with what result, what it
 * waits for) lies in `the_threads`, the one object of this library that is
 * shared: at the first call of the contract, before anything was forked, its
 * pages are mapped anew as shared ones (start.c). Every process is forked from
 * that one, so it lies at the same address in all of them, and a pointer into
 * it is good in all of them. So is one into shared memory (shared.h); any other
 * pointer means something else, or nothing, to another process.
 *
 * Three kinds of lock, always taken in this order:
 *   1. the_threads.lock: which threads there are, and how they end;
 *   2. the_threads.channels_lock: all that waits in channels;
 *   3. a thread's own lock: what it tells of itself while it runs.
 */
#ifndef PROCESSES_PROCESS_H
#define PROCESSES_PROCESS_H

#include "futex.h"
#include "list.h"
#include "table.h"
#include "thread.h"
#include "trace.h"
#include "waiting.h"

#include <stdatomic.h>
#include <sys/types.h>

#define THREADS_MOST 4096 /* that can exist at once */

/* A place in the line of a reader-writer lock: see rwlock.c. */
struct place {
    struct link link;
    bool wants_write;
    bool admitted;
    struct bell admission;
};

struct process {
    /* Owned by thread.c; fixed before anybody else can see the thread. */
    thread_t id; /* 0: this block is free */
    thread_t creator;
    bool is_main;
    size_t stack_size; /* usable bytes, in whole pages; 0: not known (main) */
    char *stack_top;   /* in its own memory: an address for nobody else */

    /* Owned by thread.c and reap.c; under the_threads.lock. */
    pid_t pid;              /* 0: its process is gone without a trace */
    struct process *parent; /* whose child it is, and who must reap it */
    int priority;           /* as asked for; the kernel has its own view */
    struct process *joiner; /* who waits for its end */
    struct process *joins;  /* whose end it waits for */
    bool listed;            /* in the table */
    bool detached;
    bool crashed;     /* it ended without a word */
    atomic_uint done; /* 1: it has ended. Main's is waited for */

    /* Shared with report.c; under its own lock. */
    struct lock lock;
    char name[THREAD_NAME_MAX];
    struct wait wait;

    /* Owned by rwlock.c; under the lock's own. */
    struct place place;

    /* Owned by channel.c; under the lock of all channels. */
    struct bell *decision; /* of the select it waits in; or NULL */

    /* Private to the running thread. */
    struct trace_cursor trace;
    struct thread_cleanup *cleanup; /* the last handler pushed */
    struct key_value *values;       /* by key; NULL until it sets one */
    bool cancel_off;

    /* Owned by cancel.c; anybody may set it. */
    atomic_bool cancel_asked;

    /* The running thread's, and once it is done for everybody to read. */
    void *result;
    uint64_t last_switches; /* what thread_info then says of it */
    uint64_t last_run_ns;
    size_t last_stack_used;
};

/* The first word of each free block of shared memory: see shared.c. */
struct shared_block;

struct threads {
    struct lock lock;
    struct table table; /* its slots are those below, and it never grows */
    struct table_slot slots[2 * THREADS_MOST];
    size_t blocks_used; /* no block beyond so many was ever used */
    struct process blocks[THREADS_MOST];

    struct lock flags_lock;    /* io.c: who changes a descriptor's flags */
    struct lock channels_lock; /* channel.c */
};

#define PAGE_MOST 65536 /* a page is no larger, on any processor of ours */

/* Whole pages, so that nothing else is on them. */
union threads_pages {
    struct threads threads;
    char
        pages[(sizeof(struct threads) + PAGE_MOST - 1) / PAGE_MOST * PAGE_MOST];
};

extern union threads_pages the_pages;
#define the_threads the_pages.threads

/* The running thread: in every process it is another. NULL on a kernel thread
 * that is none of ours. */
extern _Thread_local struct process *current;

/* The first contract call of a process: its only thread becomes thread 1; a
 * further kernel thread is none of ours and panics. (start.c) */
void start(void);

/* The running thread. Every entry that needs it asks here. */
static inline struct process *
process_self(void)
{
    if (__builtin_expect(!current, 0))
        start();
    return current;
}

/* Enter a thread into the table, with a control block of all zero bytes but
 * for its identifier. NULL: there are THREADS_MOST. Call it with
 * the_threads.lock held. (thread.c) */
struct process *process_admit(void);

/* Kill every other thread and see it gone. Only main calls it, at the end of
 * the program. (reap.c) */
void process_end_others(void);

/* If this is a child of the caller's whose process has ended without a word,
 * note that it crashed. Call it with the_threads.lock held. (reap.c) */
void process_notice_end(struct process *t);

/* In the child of thread_create, and when its parent has ended: whoever must
 * die with main asks the kernel to see to it. Ends the process if main has
 * ended already. A signal handler may call it. (reap.c) */
void process_die_with_main(void);

/* True in thread_create's own fork, which is none of the program's. */
extern bool process_is_forking;

#endif
