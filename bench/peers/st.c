/* SPDX-License-Identifier: MIT */
/*
 * st.c - State Threads, the user-level threads of many a server.
 *
 * It has no yield: the nearest is to wake the next in a ring and to wait. Its
 * condition variables want no mutex, for its threads are cooperative; so the
 * hand-off is done without.
 */
#include "peer.h"

#include <st.h>

typedef st_thread_t peer_task;
typedef int peer_mutex;
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

static void
peer_mutex_make(peer_mutex *m)
{
    *m = 0;
}

static void
peer_cond_make(peer_cond *c)
{
    *c = st_cond_new();
}

static void
peer_lock(peer_mutex *m)
{
    (void)m;
}

static void
peer_unlock(peer_mutex *m)
{
    (void)m;
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    (void)m;
    st_cond_wait(*c);
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
