/* SPDX-License-Identifier: MIT */
/*
 * key.c - thread-specific data: one name, a value for each thread.
 *
 * Where no memory is shared every variable is one's own, so there is little
 * left to do: the values are an array, indexed by key, and a thread begins with
 * none. The keys are each process's own, too. One that was made before a thread
 * was created it inherits; one that was made later it does not know.
 *
 * A key that was deleted and made again is another key: each use of a place in
 * the table has a number, and a value counts only if it was set under it.
 */
#include "key.h"

#include <errno.h>
#include <stdlib.h>

static struct {
    unsigned use; /* odd: in use, for the (use / 2 + 1)th time */
    void (*destructor)(void *);
} keys[THREAD_KEYS_MAX];

struct key_value {
    unsigned use; /* of the key when this was set */
    void *value;
};

static bool
exists(thread_key_t key)
{
    return key < THREAD_KEYS_MAX && keys[key].use % 2 == 1;
}

int
thread_key_create(thread_key_t *key, void (*destructor)(void *))
{
    for (thread_key_t k = 0; k < THREAD_KEYS_MAX; k++) {
        if (exists(k))
            continue;
        keys[k].destructor = destructor;
        keys[k].use++;
        *key = k;
        return 0;
    }
    return EAGAIN;
}

int
thread_key_delete(thread_key_t key)
{
    if (!exists(key))
        return EINVAL;
    keys[key].use++;
    return 0;
}

int
thread_key_set(thread_key_t key, const void *value)
{
    struct process *t = process_self();
    if (!exists(key))
        return EINVAL;
    if (!t->values)
        t->values = calloc(THREAD_KEYS_MAX, sizeof *t->values);
    if (!t->values)
        return ENOMEM;
    t->values[key] =
        (struct key_value){keys[key].use, (void *)(uintptr_t)value};
    return 0;
}

void *
thread_key_get(thread_key_t key)
{
    const struct process *t = process_self();
    if (!exists(key) || !t->values || t->values[key].use != keys[key].use)
        return NULL;
    return t->values[key].value;
}

/* One round over all keys; whether any destructor was called. */
static bool
run_round(struct process *t)
{
    bool called = false;
    for (thread_key_t k = 0; k < THREAD_KEYS_MAX; k++) {
        void *value = thread_key_get(k);
        void (*destructor)(void *) = keys[k].destructor;
        if (!value || !destructor)
            continue;
        t->values[k].value = NULL;
        destructor(value);
        called = true;
    }
    return called;
}

void
key_run_destructors(struct process *t)
{
    if (!t->values)
        return;
    for (int round = 0; round < THREAD_DESTRUCTOR_ROUNDS; round++)
        if (!run_round(t))
            break;
    free(t->values);
    t->values = NULL;
}
