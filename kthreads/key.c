/* SPDX-License-Identifier: MIT */
/*
 * key.c - thread-specific data: one name, a value for each thread.
 *
 * The keys are one table for the process; the values are an array in each
 * thread that has set one, indexed by key. A key that was deleted and made
 * again is another key: each use of a place in the table has a number, and a
 * value counts only if it was set under the same one. So deleting a key need
 * not visit every thread.
 *
 * pthreads have keys too, but call their destructors when our own part of the
 * thread has ended already. Keys are made and deleted under a lock; to read one
 * takes none.
 */
#include "key.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static struct {
    atomic_uint use; /* odd: in use, for the (use / 2 + 1)th time */
    void (*_Atomic destructor)(void *);
} keys[THREAD_KEYS_MAX];

struct key_value {
    unsigned use; /* of the key when this was set */
    void *value;
};

static bool
exists(thread_key_t key)
{
    return key < THREAD_KEYS_MAX && atomic_load(&keys[key].use) % 2 == 1;
}

/* Take a free place. Call it with the lock held. LAB(kernel) */
static int
make_key(thread_key_t *key, void (*destructor)(void *))
{
    for (thread_key_t k = 0; k < THREAD_KEYS_MAX; k++) {
        if (exists(k))
            continue;
        atomic_store(&keys[k].destructor, destructor);
        atomic_fetch_add(&keys[k].use, 1);
        *key = k;
        return 0;
    }
    return EAGAIN;
}

/* LAB(kernel): a place that is not in use, under the_threads.lock. */
int
thread_key_create(thread_key_t *key, void (*destructor)(void *))
{
    kthread_lock(&the_threads.lock);
    int error = make_key(key, destructor);
    pthread_mutex_unlock(&the_threads.lock);
    return error;
}

/* LAB(kernel): no thread is visited; what makes their values count no more? */
int
thread_key_delete(thread_key_t key)
{
    kthread_lock(&the_threads.lock);
    bool existed = exists(key);
    if (existed)
        atomic_fetch_add(&keys[key].use, 1);
    pthread_mutex_unlock(&the_threads.lock);
    return existed ? 0 : EINVAL;
}

/* LAB(kernel): the array is made when it is first wanted. */
int
thread_key_set(thread_key_t key, const void *value)
{
    struct kthread *t = kthread_self();
    if (!exists(key))
        return EINVAL;
    if (!t->values)
        t->values = calloc(THREAD_KEYS_MAX, sizeof *t->values);
    if (!t->values)
        return ENOMEM;
    t->values[key] = (struct key_value){atomic_load(&keys[key].use),
                                        (void *)(uintptr_t)value};
    return 0;
}

/* LAB(kernel): NULL, unless it was set under this use of the key. */
void *
thread_key_get(thread_key_t key)
{
    const struct kthread *t = kthread_self();
    if (!exists(key) || !t->values ||
        t->values[key].use != atomic_load(&keys[key].use))
        return NULL;
    return t->values[key].value;
}

/* One round over all keys; whether any destructor was called. LAB(kernel) */
static bool
run_round(struct kthread *t)
{
    bool called = false;
    for (thread_key_t k = 0; k < THREAD_KEYS_MAX; k++) {
        void *value = thread_key_get(k);
        void (*destructor)(void *) = atomic_load(&keys[k].destructor);
        if (!value || !destructor)
            continue;
        t->values[k].value = NULL;
        destructor(value);
        called = true;
    }
    return called;
}

/* LAB(kernel): in rounds, for a destructor may set values again. */
void
key_run_destructors(struct kthread *t)
{
    if (!t->values)
        return;
    for (int round = 0; round < THREAD_DESTRUCTOR_ROUNDS; round++)
        if (!run_round(t))
            break;
    free(t->values);
    t->values = NULL;
}
