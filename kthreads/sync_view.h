/* SPDX-License-Identifier: MIT */
/*
 * sync_view.h - what the contract's sync objects hold in this model.
 *
 * The contract fixes size and alignment, and that all zero bytes is a valid
 * start; the view lays our own fields over that memory. Of pthreads only the
 * mutex and the condition variable are used: of those two glibc takes all zero
 * bytes for a valid one. (A zeroed barrier divides by zero, and a zeroed
 * reader-writer lock starves its writers.)
 */
#ifndef KTHREADS_SYNC_VIEW_H
#define KTHREADS_SYNC_VIEW_H

#include "sync.h"
#include "thread.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

/* The memory was declared with another type: the compiler must know. */
#define VIEW __attribute__((may_alias))

struct VIEW mutex_view {
    int kind;
    unsigned depth;     /* how often the owner has locked it */
    atomic_ulong owner; /* thread_t; 0: free, or just changing hands */
    pthread_mutex_t inner;
};

struct VIEW cond_view {
    pthread_cond_t inner;
    atomic_uint waiters; /* those whom no signal has been sent to */
};

struct VIEW semaphore_view {
    unsigned count;
    unsigned waiters;      /* those who have not taken theirs */
    pthread_mutex_t inner; /* guards both */
    pthread_cond_t above_0;
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
static_assert(sizeof(thread_t) == sizeof(unsigned long), "an owner");

#endif
