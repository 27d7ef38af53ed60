/* SPDX-License-Identifier: MIT */
/* keys.c - every thread has its own values; destructors are called for those
 * that are not NULL, in rounds; a key that was deleted is another. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

enum { MOST = 8 };

static thread_key_t mine, again, silent;
static atomic_int destroyed, sum, wrong, rounds;
static int count;
static struct barrier together;

static void
say_error(const char *what, int error)
{
    lab_say(0, "%s: %s", what, error ? strerrorname_np(error) : "0");
}

static void
destroy(void *value)
{
    destroyed++;
    sum += (int)(intptr_t)value;
    wrong += thread_key_get(mine) != NULL;
}

/* Sets its own value once more, for ever. */
static void
set_again(void *value)
{
    rounds++;
    thread_key_set(again, value);
}

static void *
worker(void *number)
{
    wrong += thread_key_get(mine) != NULL;
    thread_key_set(mine, number);
    thread_key_set(silent, number);
    barrier_wait(&together);
    wrong += thread_key_get(mine) != number;
    if ((intptr_t)number % 3 == 0)
        thread_key_set(mine, NULL);
    return NULL;
}

static void *
stubborn(void *arg)
{
    thread_key_set(again, &sum);
    return arg;
}

static void
values(void)
{
    thread_t thread[MOST];
    barrier_init(&together, (unsigned)count);
    for (int i = 0; i < count; i++)
        thread_create(&thread[i], NULL, worker, (void *)(intptr_t)(i + 1));
    for (int i = 0; i < count; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "destroyed %d, sum %d, wrong %d", destroyed, sum, wrong);
}

/* A key of the same number is not the same key. */
static void
remake(void)
{
    thread_key_t key, other;
    say_error("set", thread_key_create(&key, NULL) + thread_key_set(key, &sum));
    say_error("delete", thread_key_delete(key));
    lab_say(0, "after: %s", thread_key_get(key) ? "a value" : "NULL");
    say_error("set what is not", thread_key_set(key, &sum));
    say_error("delete what is not", thread_key_delete(key));
    thread_key_create(&other, NULL);
    lab_say(0, "the same number: %s, its value: %s",
            key == other ? "yes" : "no",
            thread_key_get(other) ? "the old one's" : "NULL");
}

static void
too_many(void)
{
    thread_key_t key = 0;
    int made = 0;
    while (made <= THREAD_KEYS_MAX && thread_key_create(&key, NULL) == 0)
        made++;
    lab_say(0, "%d more", made);
    say_error("one too many", thread_key_create(&key, NULL));
    say_error("no such key", thread_key_set(THREAD_KEYS_MAX, &sum));
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    count = 3 + (int)lab_random(MOST - 3);
    lab_jostle(true);
    thread_key_create(&mine, destroy);
    thread_key_create(&silent, NULL);
    values();
    thread_key_create(&again, set_again);
    thread_create(&thread, NULL, stubborn, NULL);
    thread_join(thread, NULL);
    lab_say(0, "rounds %d", rounds);
    remake();
    too_many();
    lab_end();
}
