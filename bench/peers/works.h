/* SPDX-License-Identifier: MIT */
/*
 * works.h - the works, written once for every thread library.
 *
 * A peer's file says what its library calls things, then includes this, which
 * holds the works and main. All of them so do exactly the same. It defines
 *
 *      peer_task   peer_spawn(fn, arg)   peer_join(task)   peer_yield()
 *      peer_mutex  peer_mutex_make(m)   peer_lock(m)      peer_unlock(m)
 *      peer_cond   peer_cond_make(c)    peer_wait(c, m)   peer_signal(c)
 *      peer_send(int)   peer_receive()   if it has channels: PEER_CHANNEL
 *      peer_begin()     before anything else
 *      peer_most()      so many threads at once are safe to ask for
 */
#ifndef BENCH_WORKS_H
#define BENCH_WORKS_H

#include "peer.h"

#ifndef PEER_YIELD_BY_HAND /* else: who takes part, and who goes */
static void
peer_yielders(long threads)
{
    (void)threads;
}

static void
peer_leave(void)
{
}
#endif

/* ---- Yield ---- */

/* Yields left to do, by whoever has the CPU. Volatile, not atomic: where the
 * threads are kernel threads they share one CPU, and a lost count in a million
 * is no matter. */
static volatile long yields_left;
static double last_yield; /* when it was done; 0: not yet */

static void
yield_down_to(long left)
{
    while (yields_left > left) {
        yields_left = yields_left - 1;
        peer_yield();
    }
}

static void
yield_to_the_last(void)
{
    yield_down_to(0);
    if (last_yield == 0)
        last_yield = peer_now();
    peer_leave();
}

static void *
yielder(void *arg)
{
    yield_to_the_last();
    return arg;
}

/* n yields among so many threads, of which the caller is one. Two rounds come
 * first, so that all have begun. */
static double
yield_among(long threads, long n)
{
    peer_task *tasks = (peer_task *)calloc((size_t)threads, sizeof *tasks);
    if (!tasks)
        abort();
    yields_left = n + 2 * threads;
    last_yield = 0;
    peer_yielders(threads);
    for (long i = 1; i < threads; i++)
        tasks[i] = peer_spawn(yielder, NULL);
    yield_down_to(n);
    double begin = peer_now();
    yield_to_the_last();
    for (long i = 1; i < threads; i++)
        peer_join(tasks[i]);
    free(tasks);
    return last_yield - begin;
}

static double
yield_2(long n)
{
    return yield_among(2, n);
}

static double
yield_1000(long n)
{
    return yield_among(1000, n);
}

/* ---- Create, run, join ---- */

static void *
nothing(void *arg)
{
    return arg;
}

static double
create(long n)
{
    double begin = peer_now();
    for (long i = 0; i < n; i++) {
        peer_task task = peer_spawn(nothing, NULL);
        peer_join(task);
    }
    return peer_now() - begin;
}

/* ---- Two threads that take turns ---- */

static peer_mutex mutex;
static peer_cond turn_comes[2];
static int turn;

static void
take_turns(int self, long times)
{
    peer_lock(&mutex);
    for (long i = 0; i < times; i++) {
        while (turn != self)
            peer_wait(&turn_comes[self], &mutex);
        turn = 1 - self;
        peer_signal(&turn_comes[1 - self]);
    }
    peer_unlock(&mutex);
}

static void *
other_side(void *times)
{
    take_turns(1, *(long *)times);
    return NULL;
}

static double
handoff(long n)
{
    long each = n / 2;
    peer_task other = peer_spawn(other_side, &each);
    double begin = peer_now();
    take_turns(0, each);
    peer_join(other);
    return peer_now() - begin;
}

/* ---- A channel, one way ---- */

#ifdef PEER_CHANNEL
static void *
sender(void *count)
{
    for (long i = 0; i < *(long *)count; i++)
        peer_send((int)i);
    return NULL;
}

static double
channel(long n)
{
    peer_task task = peer_spawn(sender, &n);
    double begin = peer_now();
    for (long i = 0; i < n; i++)
        if (peer_receive() != (int)i)
            abort();
    double ns = peer_now() - begin;
    peer_join(task);
    return ns;
}
#endif

/* ---- Memory of threads that wait ---- */

static peer_cond all_wait, never;
static long waiting, waiting_goal;

static void *
wait_for_ever(void *arg)
{
    peer_lock(&mutex);
    if (++waiting == waiting_goal)
        peer_signal(&all_wait);
    for (;;)
        peer_wait(&never, &mutex);
    return arg;
}

static double
memory(long n)
{
    if (n > peer_most())
        peer_skip("too many for the kernel");
    peer_task *tasks = (peer_task *)calloc((size_t)n, sizeof *tasks);
    if (!tasks)
        abort();
    double before = peer_resident();
    waiting_goal = n;
    for (long i = 0; i < n; i++)
        tasks[i] = peer_spawn(wait_for_ever, NULL);
    peer_lock(&mutex);
    while (waiting < n)
        peer_wait(&all_wait, &mutex);
    return peer_resident() - before;
}

int
main(int argc, char **argv)
{
    static const struct peer_work works[] = {
        {"yield-2", yield_2}, {"yield-1000", yield_1000}, {"create", create},
        {"handoff", handoff}, {"memory", memory},
#ifdef PEER_CHANNEL
        {"channel", channel},
#endif
    };
    peer_begin();
    peer_mutex_make(&mutex);
    peer_cond_make(&turn_comes[0]);
    peer_cond_make(&turn_comes[1]);
    peer_cond_make(&all_wait);
    peer_cond_make(&never);
    return peer_main(argc, argv, works, sizeof works / sizeof *works);
}

#endif
