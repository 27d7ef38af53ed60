/* SPDX-License-Identifier: MIT */
/*
 * once.c - calling a function exactly once, whoever comes first.
 *
 * Whoever comes first holds a lock while it calls it. Once it is done nobody
 * looks at the lock any more: one atomic load tells. What is done once is done
 * for those who share the object; what it has changed is changed in the memory
 * of the one who did it.
 */
#include "process.h"
#include "sync_view.h"

/* fn will not come back: whoever waits has another try. */
static void
give_up(void *once)
{
    lock_release(&((struct once_view *)once)->inner);
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
    process_self();
    if (atomic_load_explicit(&once->done, memory_order_acquire))
        return 0;
    if (!lock_try(&once->inner)) {
        wait_begin((struct wait){.kind = THREAD_WAIT_ONCE, .object = object});
        lock_take(&once->inner);
        wait_end();
    }
    if (!atomic_load_explicit(&once->done, memory_order_relaxed))
        run(once, fn);
    lock_release(&once->inner);
    return 0;
}
