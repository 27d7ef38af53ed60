/* SPDX-License-Identifier: MIT */
/*
 * sync_view.h - what the contract's sync objects hold in this model.
 *
 * The contract fixes size and alignment, and that all zero bytes is a valid
 * start; the view lays our own fields over that memory. They are words that
 * processes wait on (futex.h): an object that lies in shared memory is one for
 * all, and one that does not is each process's own copy, which nobody else will
 * ever unlock or post.
 *
 * A line of waiters holds only what lies in memory that all share (control
 * blocks, and what channel.c allocates there), so its links are good in every
 * process.
 */
#ifndef PROCESSES_SYNC_VIEW_H
#define PROCESSES_SYNC_VIEW_H

#include "channel.h"
#include "futex.h"
#include "list.h"
#include "sync.h"
#include "thread.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>

/* The memory was declared with another type: the compiler must know. */
#define VIEW __attribute__((may_alias))

struct VIEW mutex_view {
    int kind;
    unsigned depth;     /* how often the owner has locked it */
    atomic_ulong owner; /* thread_t; 0: free, or just changing hands */
    struct lock inner;
};

struct VIEW cond_view {
    struct bell inner;
    atomic_uint waiters; /* those whom no signal has been sent to */
};

struct VIEW semaphore_view {
    unsigned count;
    unsigned waiters;  /* those who have not taken theirs */
    struct lock inner; /* guards both */
    struct bell above_0;
};

struct VIEW rwlock_view {
    unsigned readers;    /* who hold it */
    thread_t writer;     /* who holds it, or 0 */
    struct list waiters; /* readers and writers, longest first */
    struct lock inner;   /* guards all of it */
};

struct VIEW barrier_view {
    unsigned count;
    unsigned waiting; /* those who have come in this round */
    unsigned round;
    unsigned inside; /* those who came before the last, and have not left */
    struct lock inner;
    struct bell all_came;
};

struct VIEW event_view {
    bool set;
    unsigned times;   /* it has been set */
    unsigned waiters; /* those whom no setting has let through */
    unsigned inside;  /* those, and those who are on their way out */
    struct lock inner;
    struct bell was_set;
};

struct VIEW once_view {
    atomic_bool done;
    struct lock inner; /* held by who calls the function */
};

struct VIEW channel_view {
    size_t item_size;
    size_t capacity;
    char *buffer;
    size_t first;  /* place of the oldest item */
    size_t length; /* items in the buffer */
    bool closed;
    struct list senders;   /* offers, longest first */
    struct list receivers; /* the same */
};

static_assert(offsetof(struct mutex_view, kind) == offsetof(struct mutex, kind),
              "a static initialiser puts the kind where we look for it");
static_assert(offsetof(struct semaphore_view, count) ==
                  offsetof(struct semaphore, count),
              "a static initialiser puts the count where we look for it");
static_assert(sizeof(struct mutex_view) <= sizeof(struct mutex), "fits");
static_assert(sizeof(struct cond_view) <= sizeof(struct cond), "fits");
static_assert(sizeof(struct semaphore_view) <= sizeof(struct semaphore),
              "fits");
static_assert(offsetof(struct barrier_view, count) ==
                  offsetof(struct barrier, count),
              "a static initialiser puts the count where we look for it");
static_assert(sizeof(struct rwlock_view) <= sizeof(struct rwlock), "fits");
static_assert(sizeof(struct barrier_view) <= sizeof(struct barrier), "fits");
static_assert(sizeof(struct event_view) <= sizeof(struct event), "fits");
static_assert(sizeof(struct once_view) <= sizeof(struct thread_once), "fits");
static_assert(sizeof(struct channel_view) <= sizeof(struct channel), "fits");
static_assert(sizeof(thread_t) == sizeof(unsigned long), "an owner");

#endif
