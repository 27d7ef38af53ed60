/* SPDX-License-Identifier: MIT */
/*
 * once.c - calling a function exactly once, whoever comes first.
 *
 * Whoever comes first holds a mutex while it calls it. Once it is done nobody
 * looks at the mutex any more: one atomic load tells.
 */
#include "kthread.h"
#include "sync_view.h"

/* fn will not come back: whoever waits has another try. */
static void
give_up(void *once)
{
    pthread_mutex_unlock(&((struct once_view *)once)->inner);
}

static void
run(struct once_view *once, void (*fn)(void))
{
    struct thread_cleanup handler;
    thread_cleanup_push(&handler, give_up, once);
    fn();
    thread_cleanup_pop(false);
    atomic_store_explicit(&once->done, true, memory_order_release);
}

int
thread_once(struct thread_once *object, void (*fn)(void))
{
    struct once_view *once = (struct once_view *)object;
    kthread_self();
    if (atomic_load_explicit(&once->done, memory_order_acquire))
        return 0;
    if (pthread_mutex_trylock(&once->inner) != 0) {
        wait_begin((struct wait){.kind = THREAD_WAIT_ONCE, .object = object});
        pthread_mutex_lock(&once->inner);
        wait_end();
    }
    if (!atomic_load_explicit(&once->done, memory_order_relaxed))
        run(once, fn);
    pthread_mutex_unlock(&once->inner);
    return 0;
}
