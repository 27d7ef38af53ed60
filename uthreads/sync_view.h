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

#include "channel.h"
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
    unsigned depth;               /* how often the owner has locked it */
    thread_t owner;               /* 0: free */
    struct list waiters;          /* longest first */
    struct mutex_view *next_held; /* of its owner's; see inherit.c */
};

struct VIEW cond_view {
    struct list waiters;
};

struct VIEW semaphore_view {
    unsigned count;
    unsigned reserved;
    struct list waiters;
};

struct VIEW rwlock_view {
    unsigned readers; /* who hold it */
    unsigned reserved;
    thread_t writer;     /* who holds it, or 0 */
    struct list waiters; /* readers and writers, longest first */
};

struct VIEW barrier_view {
    unsigned count;
    unsigned waiting;
    struct list waiters;
};

struct VIEW event_view {
    bool set;
    struct list waiters;
};

struct VIEW once_view {
    enum { ONCE_NEW, ONCE_RUNNING, ONCE_DONE } state;
    struct list waiters;
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
static_assert(sizeof(struct rwlock_view) <= sizeof(pthread_rwlock_t) &&
                  sizeof(struct barrier_view) <= sizeof(pthread_barrier_t),
              "could stand in for the pthread objects");
static_assert(sizeof(struct mutex_view) <= sizeof(pthread_mutex_t) &&
                  sizeof(struct cond_view) <= sizeof(pthread_cond_t) &&
                  sizeof(struct semaphore_view) <= sizeof(sem_t),
              "could stand in for the pthread objects");

#endif
