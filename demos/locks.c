/* SPDX-License-Identifier: MIT */
/* locks.c - see locks.h. */
#include "locks.h"

#include "sync.h"

static struct state {
    struct mutex mutex;
    struct semaphore semaphore;
    struct rwlock rwlock;
    struct mutex monitor;
    struct cond free;
    bool busy; /* under the monitor */
} * s;

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

const struct lock locks[LOCKS] = {
    {"mutex", lock_mutex, unlock_mutex},
    {"semaphore", lock_semaphore, unlock_semaphore},
    {"rwlock", lock_rwlock, unlock_rwlock},
    {"cond", lock_cond, unlock_cond},
};
const struct lock no_lock = {"nothing", lock_nothing, lock_nothing};

void
locks_open(struct demo_run *d)
{
    s = demo_shared(d, sizeof *s);
    semaphore_init(&s->semaphore, 1);
}
