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
#include "sync.h"

#include <stdatomic.h>

enum { THREADS = 3, ADDS = 200, ROUNDS = 50, PAIRS = 100000 };

static struct state {
    struct mutex mutex;
    struct semaphore semaphore;
    struct rwlock rwlock;
    struct mutex monitor;
    struct cond free;
    bool busy;
    struct barrier barrier;
    struct event event;
    const struct kind *kind;
    int number; /* what is protected */
    atomic_int come, too_early;
    atomic_bool was_set;
} * s;

/* ---- The locks ---- */

static void
lock_nothing(void)
{
}

static void
lock_mutex(void)
{
    mutex_lock(&s->mutex);
}

static void
unlock_mutex(void)
{
    mutex_unlock(&s->mutex);
}

static void
lock_semaphore(void)
{
    semaphore_wait(&s->semaphore);
}

static void
unlock_semaphore(void)
{
    semaphore_post(&s->semaphore);
}

static void
lock_rwlock(void)
{
    rwlock_wrlock(&s->rwlock);
}

static void
unlock_rwlock(void)
{
    rwlock_unlock(&s->rwlock);
}

/* A lock made of a condition variable: wait while it is somebody's. */
static void
lock_cond(void)
{
    mutex_lock(&s->monitor);
    while (s->busy)
        cond_wait(&s->free, &s->monitor);
    s->busy = true;
    mutex_unlock(&s->monitor);
}

static void
unlock_cond(void)
{
    mutex_lock(&s->monitor);
    s->busy = false;
    cond_signal(&s->free);
    mutex_unlock(&s->monitor);
}

static const struct kind {
    const char *name, *cost, *lost;
    void (*lock)(void), (*unlock)(void);
} kinds[] = {
    {"mutex", "mutex_cost", "mutex_lost", lock_mutex, unlock_mutex},
    {"semaphore", "semaphore_cost", "semaphore_lost", lock_semaphore,
     unlock_semaphore},
    {"rwlock", "rwlock_cost", "rwlock_lost", lock_rwlock, unlock_rwlock},
    {"cond", "cond_cost", "cond_lost", lock_cond, unlock_cond},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };
static const struct kind nothing = {.lock = lock_nothing,
                                    .unlock = lock_nothing};

/* ---- The threads ---- */

static void *
add(void *arg)
{
    for (int i = 0; i < ADDS; i++) {
        s->kind->lock();
        int number = *(volatile int *)&s->number;
        thread_yield();
        *(volatile int *)&s->number = number + 1;
        s->kind->unlock();
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
lost_with(struct demo_run *d, const struct kind *kind)
{
    s->kind = kind;
    s->number = 0;
    run_threads(d, "adder", add);
    return THREADS * ADDS - s->number;
}

static double
cost_of(const struct kind *kind, int pairs)
{
    uint64_t start = thread_now();
    for (int i = 0; i < pairs; i++) {
        kind->lock();
        kind->unlock();
    }
    return (double)(thread_now() - start) / pairs;
}

static void
run(struct demo_run *d)
{
    s = demo_shared(d, sizeof *s);
    semaphore_init(&s->semaphore, 1);
    barrier_init(&s->barrier, THREADS);
    demo_predict(d, "without protection updates are lost, with it none, and "
                    "nobody passes a barrier or an event too early");
    int unprotected = lost_with(d, &nothing), lost = 0;
    for (int i = 0; i < KINDS; i++) {
        int with = lost_with(d, &kinds[i]);
        demo_measure(d, kinds[i].cost,
                     cost_of(&kinds[i], (int)(PAIRS * d->scale) + 1), "ns");
        demo_measure(d, kinds[i].lost, with, "updates");
        lost += with;
    }
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
