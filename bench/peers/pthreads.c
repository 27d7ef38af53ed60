/* SPDX-License-Identifier: MIT */
/* pthreads.c - the C library's threads, one kernel thread each. */
#include "peer.h"

#include <pthread.h>
#include <sched.h>

typedef pthread_t peer_task;
typedef pthread_mutex_t peer_mutex;
typedef pthread_cond_t peer_cond;

static peer_task
peer_spawn(void *(*fn)(void *), void *arg)
{
    pthread_t t;
    int error = pthread_create(&t, NULL, fn, arg);
    if (error)
        peer_skip(strerror(error));
    return t;
}

static void
peer_join(peer_task task)
{
    pthread_join(task, NULL);
}

static void
peer_yield(void)
{
    sched_yield();
}

static void
peer_mutex_make(peer_mutex *m)
{
    pthread_mutex_init(m, NULL);
}

static void
peer_cond_make(peer_cond *c)
{
    pthread_cond_init(c, NULL);
}

static void
peer_lock(peer_mutex *m)
{
    pthread_mutex_lock(m);
}

static void
peer_unlock(peer_mutex *m)
{
    pthread_mutex_unlock(m);
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    pthread_cond_wait(c, m);
}

static void
peer_signal(peer_cond *c)
{
    pthread_cond_signal(c);
}

static void
peer_begin(void)
{
}

static long
peer_most(void)
{
    return PEER_KERNEL_MOST;
}

#include "works.h"
