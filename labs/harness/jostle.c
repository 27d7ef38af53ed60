/* SPDX-License-Identifier: MIT */
/*
 * jostle.c - see jostle.h. A test program is linked with --wrap for these
 * functions of pthreads.
 */
#include "jostle.h"
#include "lab.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

static atomic_bool jostling, refuse;
static atomic_ulong beginning; /* of the moments, in each thread anew */
static atomic_size_t made, made_loose, joined, detached;

void
lab_jostle(bool on)
{
    if (on)
        atomic_store(&beginning, lab_random_bits() | 1);
    atomic_store(&jostling, on);
}

static void
nap(long ns)
{
    struct timespec span = {.tv_nsec = ns};
    nanosleep(&span, NULL);
}

/* Mostly nothing, often a step back, sometimes up to a fifth of a
 * millisecond. */
void
lab_dawdle(void)
{
    static _Thread_local uint64_t state;
    if (!atomic_load(&jostling))
        return;
    int error = errno;
    if (!state)
        state = atomic_fetch_add(&beginning, 0x9e3779b97f4a7c15u) | 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    if (state % 8 == 0)
        nap((long)(state / 8 % 200000));
    else if (state % 2)
        sched_yield();
    errno = error;
}

bool
lab_await(bool (*holds)(void *), void *arg)
{
    for (int looks = 0; looks < 6000; looks++) {
        if (holds(arg))
            return true;
        nap(1000000);
    }
    return false;
}

struct lab_pthreads
lab_pthreads(void)
{
    return (struct lab_pthreads){made, made_loose, joined, detached};
}

void
lab_refuse_pthread(void)
{
    atomic_store(&refuse, true);
}

/* ---- The calls ---- */

#define JOSTLED(name, parameters, arguments) \
    int __real_##name parameters;            \
    int __wrap_##name parameters;            \
    int __wrap_##name parameters             \
    {                                        \
        lab_dawdle();                        \
        int error = __real_##name arguments; \
        lab_dawdle();                        \
        return error;                        \
    }

JOSTLED(pthread_mutex_lock, (pthread_mutex_t * m), (m))
JOSTLED(pthread_mutex_trylock, (pthread_mutex_t * m), (m))
JOSTLED(pthread_mutex_unlock, (pthread_mutex_t * m), (m))
JOSTLED(pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t *m), (c, m))
JOSTLED(pthread_cond_signal, (pthread_cond_t * c), (c))
JOSTLED(pthread_cond_broadcast, (pthread_cond_t * c), (c))

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                          void *(*fn)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                          void *(*fn)(void *), void *arg);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);
int __real_pthread_detach(pthread_t thread);
int __wrap_pthread_detach(pthread_t thread);

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                      void *(*fn)(void *), void *arg)
{
    int state = PTHREAD_CREATE_JOINABLE;
    if (atomic_exchange(&refuse, false))
        return EAGAIN;
    if (attr)
        pthread_attr_getdetachstate(attr, &state);
    lab_dawdle();
    int error = __real_pthread_create(thread, attr, fn, arg);
    if (!error && state == PTHREAD_CREATE_JOINABLE)
        made++;
    if (!error && state == PTHREAD_CREATE_DETACHED)
        made_loose++;
    lab_dawdle();
    return error;
}

int
__wrap_pthread_join(pthread_t thread, void **result)
{
    lab_dawdle();
    int error = __real_pthread_join(thread, result);
    joined += error == 0;
    return error;
}

int
__wrap_pthread_detach(pthread_t thread)
{
    int error = __real_pthread_detach(thread);
    detached += error == 0;
    lab_dawdle();
    return error;
}
