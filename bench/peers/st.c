/* SPDX-License-Identifier: MIT */
/*
 * st.c - State Threads, the user-level threads of many a server.
 *
 * It has no yield: the nearest is to wake the next in a ring and to wait. Its
 * threads are cooperative, so its condition variables ask for no mutex. Compiled
 * with NO_MUTEX the hand-off is done without, which is less than the others do;
 * else with State Threads' own mutex, released before the wait: nobody can come
 * in between.
 */
#include "peer.h"

#include <st.h>

typedef st_thread_t peer_task;
#ifdef NO_MUTEX
typedef int peer_mutex;
#else
typedef st_mutex_t peer_mutex;
#endif
typedef st_cond_t peer_cond;

#define PEER_YIELD_BY_HAND
#define RING_MOST 1000

/* Those who yield to each other stand in a ring; `at` runs. */
static st_cond_t ring[RING_MOST];
static long conds, ring_size, at;

static peer_task
peer_spawn(void *(*fn)(void *), void *arg)
{
    st_thread_t t = st_thread_create(fn, arg, 1, 0);
    if (!t)
        peer_skip("st_thread_create refuses");
    return t;
}

static void
peer_join(peer_task task)
{
    st_thread_join(task, NULL);
}

static void
peer_yielders(long threads)
{
    ring_size = threads;
    at = 0;
    while (conds < threads)
        ring[conds++] = st_cond_new();
}

/* The turn goes to the next in the ring. */
static void
peer_leave(void)
{
    at = (at + 1) % ring_size;
    st_cond_signal(ring[at]);
}

static void
peer_yield(void)
{
    st_cond_t mine = ring[at];
    peer_leave();
    st_cond_wait(mine);
}

#ifdef NO_MUTEX
#define st_mutex_new()     0
#define st_mutex_lock(m)   (void)(m)
#define st_mutex_unlock(m) (void)(m)
#endif

static void
peer_mutex_make(peer_mutex *m)
{
    *m = st_mutex_new();
}

static void
peer_cond_make(peer_cond *c)
{
    *c = st_cond_new();
}

static void
peer_lock(peer_mutex *m)
{
    st_mutex_lock(*m);
}

static void
peer_unlock(peer_mutex *m)
{
    st_mutex_unlock(*m);
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    st_mutex_unlock(*m);
    st_cond_wait(*c);
    st_mutex_lock(*m);
}

static void
peer_signal(peer_cond *c)
{
    st_cond_signal(*c);
}

static void
peer_begin(void)
{
    if (st_init() != 0)
        peer_skip("st_init fails");
}

static long
peer_most(void)
{
    return LONG_MAX;
}

#include "works.h"
