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

#include "channel.h"
#include "clock.h"
#include "gil.h"
#include "list.h"
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

struct VIEW rwlock_view {
    unsigned readers;      /* who hold it */
    thread_t writer;       /* who holds it, or 0 */
    struct list waiters;   /* readers and writers, longest first */
    pthread_mutex_t inner; /* guards all of it */
};

struct VIEW barrier_view {
    unsigned count;
    unsigned waiting; /* those who have come in this round */
    unsigned round;
    unsigned inside; /* those who came before the last, and have not left */
    pthread_mutex_t inner;
    pthread_cond_t all_came;
};

struct VIEW event_view {
    bool set;
    unsigned times;   /* it has been set */
    unsigned waiters; /* those whom no setting has let through */
    unsigned inside;  /* those, and those who are on their way out */
    pthread_mutex_t inner;
    pthread_cond_t was_set;
};

struct VIEW once_view {
    atomic_bool done;
    pthread_mutex_t inner; /* held by who calls the function */
};

struct VIEW channel_view {
    size_t item_size;
    size_t capacity;
    char *buffer;
    size_t first;  /* place of the oldest item */
    size_t length; /* items in the buffer */
    bool closed;
    struct list senders;   /* cases, longest first */
    struct list receivers; /* the same */
};

struct VIEW case_view {
    struct channel_view *channel;
    enum channel_way way;
    void *item;
    struct selection *selection;
    struct link link; /* in one of the channel's lines */
};

/* Wait on a condition variable of pthreads, until a deadline. */
static inline int
wait_inner(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline)
{
    struct timespec until = clock_timespec(deadline);
    return deadline == THREAD_FOREVER
               ? pthread_cond_wait(cond, mutex)
               : pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &until);
}

/* Wait for those who are on their way out of an object. They may be waiting
 * for the global lock. */
static inline void
wait_for_leavers(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    bool dropped = gil_drop();
    pthread_cond_wait(cond, mutex);
    gil_restore(dropped);
}

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
static_assert(sizeof(struct case_view) == sizeof(struct channel_case),
              "an array of one is an array of the other");
static_assert(sizeof(thread_t) == sizeof(unsigned long), "an owner");

#endif
