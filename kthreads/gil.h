/* SPDX-License-Identifier: MIT */
/*
 * gil.h - where the program's code ends and a wait may begin.
 *
 * The other objects of this room are linked into two models, and say the same
 * in both: here I may have to wait, here I go on. In the kernel's model that is
 * nobody's business (no_gil.c, and these cost a call of nothing on the way into
 * a wait). In the gil model it is where the global lock changes hands (gil.c).
 *
 * One rule keeps the second free of deadlock: nobody waits for anything while
 * holding the global lock. Whoever holds it therefore always gets on, and lets
 * go of it sooner or later; so it may be waited for with any other lock held.
 */
#ifndef KTHREADS_GIL_H
#define KTHREADS_GIL_H

#include <pthread.h>
#include <stdbool.h>

/* Main's first call; what the environment asks for. */
void gil_start(void);

/* Wait until the program's code may be run, and until then run none. Nothing
 * happens if that is so already. Keeps errno. */
void gil_take(void);

/* Others may run it. Returns whether the caller could. */
bool gil_drop(void);

/* In a child after fork: of all threads only the caller is there. */
void gil_after_fork(void);

/* gil_take, if the gil_drop before it returned true. */
static inline void
gil_restore(bool dropped)
{
    if (dropped)
        gil_take();
}

/* Lock a mutex of ours, which may be held by somebody who waits in gil_take:
 * try, and wait only after gil_drop. */
static inline void
kthread_lock(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex) == 0)
        return;
    bool dropped = gil_drop();
    pthread_mutex_lock(mutex);
    gil_restore(dropped);
}

#endif
