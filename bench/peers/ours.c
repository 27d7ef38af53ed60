/* SPDX-License-Identifier: MIT */
/* ours.c - ours: one object, linked with each of our libraries. */
#include "channel.h"
#include "sync.h"
#include "thread.h"

#include "peer.h"

#define PEER_CHANNEL

typedef thread_t peer_task;
typedef struct mutex peer_mutex;
typedef struct cond peer_cond;

static struct channel items;

static peer_task
peer_spawn(void *(*fn)(void *), void *arg)
{
    thread_t t;
    int error = thread_create(&t, NULL, fn, arg);
    if (error)
        peer_skip(strerror(error));
    return t;
}

static void
peer_join(peer_task task)
{
    thread_join(task, NULL);
}

static void
peer_yield(void)
{
    thread_yield();
}

static void
peer_mutex_make(peer_mutex *m)
{
    mutex_init(m, MUTEX_NORMAL);
}

static void
peer_cond_make(peer_cond *c)
{
    cond_init(c);
}

static void
peer_lock(peer_mutex *m)
{
    mutex_lock(m);
}

static void
peer_unlock(peer_mutex *m)
{
    mutex_unlock(m);
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    cond_wait(c, m);
}

static void
peer_signal(peer_cond *c)
{
    cond_signal(c);
}

static void
peer_send(int item)
{
    channel_send(&items, &item);
}

static int
peer_receive(void)
{
    int item;
    channel_receive(&items, &item);
    return item;
}

static void
peer_begin(void)
{
    channel_init(&items, sizeof(int), 0);
}

static long
peer_most(void)
{
    return thread_model()->parallel ? PEER_KERNEL_MOST : LONG_MAX;
}

#include "works.h"
