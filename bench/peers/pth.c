/* SPDX-License-Identifier: MIT */
/* pth.c - GNU Pth: user-level threads in portable C, since 1999. */
#include "peer.h"

#include <pth.h>

typedef pth_t peer_task;
typedef pth_mutex_t peer_mutex;
typedef pth_cond_t peer_cond;

static peer_task
peer_spawn(void *(*fn)(void *), void *arg)
{
    pth_t t = pth_spawn(PTH_ATTR_DEFAULT, fn, arg);
    if (!t)
        peer_skip("pth_spawn refuses");
    return t;
}

static void
peer_join(peer_task task)
{
    pth_join(task, NULL);
}

static void
peer_yield(void)
{
    pth_yield(NULL);
}

static void
peer_mutex_make(peer_mutex *m)
{
    pth_mutex_init(m);
}

static void
peer_cond_make(peer_cond *c)
{
    pth_cond_init(c);
}

static void
peer_lock(peer_mutex *m)
{
    pth_mutex_acquire(m, FALSE, NULL);
}

static void
peer_unlock(peer_mutex *m)
{
    pth_mutex_release(m);
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    pth_cond_await(c, m, NULL);
}

static void
peer_signal(peer_cond *c)
{
    pth_cond_notify(c, FALSE);
}

static void
peer_begin(void)
{
    pth_init();
}

static long
peer_most(void)
{
    return LONG_MAX;
}

#include "works.h"
