/* SPDX-License-Identifier: MIT */
/* fiber.cpp - Boost.Fiber: user-level threads in the style of std::thread. */
#include "peer.h"

#include <boost/fiber/all.hpp>
#include <mutex>

#define PEER_CHANNEL

typedef boost::fibers::fiber peer_task;
typedef boost::fibers::mutex peer_mutex;
typedef boost::fibers::condition_variable peer_cond;

static boost::fibers::unbuffered_channel<int> items;

static peer_task
peer_spawn(void *(*fn)(void *), void *arg)
{
    try {
        return peer_task(fn, arg);
    } catch (const std::exception &e) {
        peer_skip(e.what());
        throw;
    }
}

static void
peer_join(peer_task &task)
{
    task.join();
}

static void
peer_yield()
{
    boost::this_fiber::yield();
}

static void
peer_mutex_make(peer_mutex *)
{
}

static void
peer_cond_make(peer_cond *)
{
}

static void
peer_lock(peer_mutex *m)
{
    m->lock();
}

static void
peer_unlock(peer_mutex *m)
{
    m->unlock();
}

static void
peer_wait(peer_cond *c, peer_mutex *m)
{
    std::unique_lock<peer_mutex> held(*m, std::adopt_lock);
    c->wait(held);
    held.release();
}

static void
peer_signal(peer_cond *c)
{
    c->notify_one();
}

static void
peer_send(int item)
{
    items.push(item);
}

static int
peer_receive()
{
    return items.value_pop();
}

static void
peer_begin()
{
}

static long
peer_most()
{
    return LONG_MAX;
}

#include "works.h"
