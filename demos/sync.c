/* SPDX-License-Identifier: MIT */
/*
 * sync.c - what each means of synchronisation protects, and what it costs.
 *
 * Three threads add to one number in two steps, with a yield between reading
 * and writing, so that without protection updates are lost: that is tried
 * first, or the rest would prove nothing. Then the same inside each kind of
 * lock; at a barrier, where nobody may leave before all have come; and with an
 * event, before which nobody may go on. The cost is that of a lock and an
 * unlock for which nobody waits.
 */
#include "demo.h"
#include "locks.h"
#include "sync.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 3, ADDS = 200, ROUNDS = 50, PAIRS = 5000, BLOCKS = 20 };

static struct state {
    struct barrier barrier;
    struct event event;
    const struct lock *lock;
    int number; /* what is protected */
    atomic_int come, too_early;
    atomic_bool was_set;
} * s;

/* ---- The threads ---- */

static void *
add(void *arg)
{
    for (int i = 0; i < ADDS; i++) {
        s->lock->lock();
        int number = *(volatile int *)&s->number;
        thread_yield();
        *(volatile int *)&s->number = number + 1;
        s->lock->unlock();
    }
    return arg;
}

static void *
meet(void *arg)
{
    for (int round = 1; round <= ROUNDS; round++) {
        s->come++;
        barrier_wait(&s->barrier);
        s->too_early += s->come < round * THREADS;
    }
    return arg;
}

static void *
go_on(void *arg)
{
    event_wait(&s->event);
    s->too_early += !s->was_set;
    return arg;
}

static void
run_threads(struct demo_run *d, const char *name, void *(*fn)(void *))
{
    thread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        thread[i] = demo_thread(d, name, fn, NULL);
    if (fn == go_on) {
        thread_yield();
        s->was_set = true;
        event_set(&s->event);
    }
    for (int i = 0; i < THREADS; i++)
        demo_join(thread[i]);
}

/* Updates that were lost. */
static int
lost_with(struct demo_run *d, const struct lock *lock)
{
    s->lock = lock;
    s->number = 0;
    run_threads(d, "adder", add);
    return THREADS * ADDS - s->number;
}

/* Of a lock and an unlock, in ns, when nobody disturbs: the shortest. */
static double
cost_of(const struct lock *lock, int pairs)
{
    double shortest = INFINITY;
    for (int block = 0; block < BLOCKS; block++) {
        uint64_t start = thread_now();
        for (int i = 0; i < pairs; i++) {
            lock->lock();
            lock->unlock();
        }
        shortest = fmin(shortest, (double)(thread_now() - start) / pairs);
    }
    return shortest;
}

/* Try a lock, and report it. Returns how many updates were lost. */
static int
try_lock(struct demo_run *d, const struct lock *lock)
{
    char label[32];
    int lost = lost_with(d, lock);
    snprintf(label, sizeof label, "%s_cost", lock->name);
    demo_measure(d, label, cost_of(lock, (int)(PAIRS * d->scale) + 1), "ns");
    snprintf(label, sizeof label, "%s_lost", lock->name);
    demo_measure(d, label, lost, "updates");
    return lost;
}

static void
run(struct demo_run *d)
{
    s = demo_shared(d, sizeof *s);
    barrier_init(&s->barrier, THREADS);
    locks_open(d);
    demo_predict(d, "without protection updates are lost, with it none, and "
                    "nobody passes a barrier or an event too early");
    int unprotected = lost_with(d, &no_lock), lost = 0;
    for (int i = 0; i < LOCKS; i++)
        lost += try_lock(d, &locks[i]);
    run_threads(d, "comer", meet);
    run_threads(d, "waiter", go_on);
    demo_measure(d, "lost_without", unprotected, "updates");
    demo_measure(d, "too_early", s->too_early, "threads");
    demo_found(d,
               "of %d updates %d were lost without protection and %d with "
               "it; %d threads passed too early",
               THREADS * ADDS, unprotected, lost, s->too_early);
    demo_judge(d, unprotected > 0 && lost == 0 && s->too_early == 0,
               "each lock lets one in at a time");
}

static const struct demo demo = {
    .name = "sync",
    .claim = "Mutex, semaphore, condition variable, reader-writer lock, "
             "barrier and event each protect what they should.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
