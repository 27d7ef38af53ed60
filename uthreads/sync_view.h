/* SPDX-License-Identifier: MIT */
/*
 * sync_view.h - what the contract's sync objects hold in this model.
 *
 * The contract fixes size and alignment, and that all zero bytes is a valid
 * start; the view lays our own fields over that memory. A view is no larger
 * than glibc's object of the same kind on x86-64, so that one day it can stand
 * in for it.
 */
#ifndef UTHREADS_SYNC_VIEW_H
#define UTHREADS_SYNC_VIEW_H

#include "list.h"
#include "sync.h"
#include "thread.h"

#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

/* The memory was declared with another type: the compiler must know. */
#define VIEW __attribute__((may_alias))

struct VIEW mutex_view {
    int kind;
    unsigned depth;      /* how often the owner has locked it */
    thread_t owner;      /* 0: free */
    struct list waiters; /* longest first */
};

struct VIEW cond_view {
    struct list waiters;
};

struct VIEW semaphore_view {
    unsigned count;
    unsigned reserved;
    struct list waiters;
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
static_assert(sizeof(struct mutex_view) <= sizeof(pthread_mutex_t) &&
                  sizeof(struct cond_view) <= sizeof(pthread_cond_t) &&
                  sizeof(struct semaphore_view) <= sizeof(sem_t),
              "could stand in for the pthread objects");

#endif
