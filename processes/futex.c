/* SPDX-License-Identifier: MIT */
/* futex.c - see futex.h. */
#include "futex.h"

#include "clock.h"
#include "panic.h"
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the forms of the call this one takes a point in time, and it must not be
 * the _PRIVATE one, which tells words apart by address. */
int
futex_wait(atomic_uint *word, unsigned value, uint64_t deadline)
{
    struct timespec until = clock_timespec(deadline);
    int kept = errno, error;
    do {
        long n = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value,
                         deadline == THREAD_FOREVER ? NULL : &until, NULL,
                         FUTEX_BITSET_MATCH_ANY);
        error = n == 0 ? 0 : errno;
    } while (error == EINTR);
    errno = kept;
    if (error && error != EAGAIN && error != ETIMEDOUT)
        panic("futex(%p): %s", (void *)word, strerror(error));
    return error == ETIMEDOUT ? ETIMEDOUT : 0;
}

void
futex_wake(atomic_uint *word, unsigned count)
{
    int error = errno; /* its memory may be gone: see lock_release */
    syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
    errno = error;
}

bool
lock_try(struct lock *lock)
{
    unsigned was = 0;
    return atomic_compare_exchange_strong(&lock->state, &was, 1);
}

void
lock_take(struct lock *lock)
{
    lock_take_until(lock, THREAD_FOREVER);
}

int
lock_take_until(struct lock *lock, uint64_t deadline)
{
    if (lock_try(lock))
        return 0;
    /* Whoever has slept cannot know whether others still do: it takes the lock
     * as one that is waited for, at the cost of a wake-up too many. */
    int error = 0;
    while (atomic_exchange(&lock->state, 2) != 0) {
        if (error)
            return error;
        error = futex_wait(&lock->state, 2, deadline);
    }
    return 0;
}

/* Once it is free another may take it, and free the memory it lies in: the
 * wake-up is then for an address where nobody waits. */
void
lock_release(struct lock *lock)
{
    if (atomic_exchange(&lock->state, 0) == 2)
        futex_wake(&lock->state, 1);
}

int
bell_wait(struct bell *bell, struct lock *lock, uint64_t deadline)
{
    unsigned rings = atomic_load(&bell->rings);
    lock_release(lock);
    int error = futex_wait(&bell->rings, rings, deadline);
    lock_take(lock);
    return error;
}

void
bell_ring(struct bell *bell)
{
    atomic_fetch_add(&bell->rings, 1);
    futex_wake(&bell->rings, 1);
}

void
bell_ring_all(struct bell *bell)
{
    atomic_fetch_add(&bell->rings, 1);
    futex_wake(&bell->rings, INT_MAX);
}
