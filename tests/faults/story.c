/* SPDX-License-Identifier: MIT */
/*
 * story.c - see story.h.
 *
 * Every call may fail for want of memory or of something else the kernel
 * gives; the story then goes on without what it did not get. What it never
 * accepts is an error that the contract does not speak of, or a wait that does
 * not end.
 */
#include "story.h"
#include "faults.h"
#include "telling.h"

#include "channel.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 80 };

char complaint[160];

int
allow(int got, int one, int other, const char *call)
{
    if (got && got != one && got != other && !complaint[0])
        snprintf(complaint, sizeof complaint, "%s gave %s", call,
                 strerror(got));
    return got;
}

void
want(bool true_, const char *what)
{
    if (!true_ && !complaint[0])
        snprintf(complaint, sizeof complaint, "not so: %s", what);
}

int
make(thread_t *thread, size_t stack, bool detached, void *(*fn)(void *),
     void *arg)
{
    struct thread_attr attr = {
        .name = "story", .stack_size = stack, .detached = detached};
    return allow(thread_create(thread, &attr, fn, arg), EAGAIN, ENOMEM,
                 "thread_create");
}

/* ---- Many threads, so that every table has to grow ---- */

static struct event gate;

static void *
wait_at_gate(void *arg)
{
    event_wait_until(&gate, thread_now() + 2000ull * MS);
    return arg;
}

/* The default, one that has a pool of its own, one too large for a pool. */
static size_t
stack_of(int i)
{
    static const size_t sizes[] = {100000, 0, 0, 2 << 20};
    return i % 16 < 4 ? sizes[i % 16] : 0;
}

static void
crowd(void)
{
    static thread_t threads[THREADS];
    static bool made[THREADS];
    event_init(&gate);
    for (int i = 0; i < THREADS; i++)
        made[i] = make(&threads[i], stack_of(i), false, wait_at_gate,
                       &threads[i]) == 0;
    event_set(&gate);
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;
        if (!made[i])
            continue;
        want(thread_join(threads[i], &result) == 0, "a thread can be joined");
        want(result == &threads[i], "it gives its result");
    }
    want(event_destroy(&gate) == 0, "nobody is left at the gate");
}

static void *
end_alone(void *semaphore)
{
    semaphore_post(semaphore);
    return NULL;
}

/* Nobody is told when a detached thread is gone, but what it held is free. */
static void
detached(void)
{
    static struct semaphore ended;
    long before = faults_holding().blocks;
    semaphore_init(&ended, 0);
    if (make(NULL, 0, true, end_alone, &ended) != 0)
        return;
    want(semaphore_wait(&ended) == 0, "a detached thread runs");
    int tries = 5000;
    do
        thread_sleep(MS);
    while (faults_holding().blocks > before && --tries > 0);
    want(tries > 0, "a detached thread frees what it held");
}

/* ---- Values, names, channels ---- */

static thread_key_t key;
static int destroyed;

static void
destroy(void *value)
{
    destroyed += *(int *)value;
}

static void *
set_value(void *one)
{
    if (allow(thread_key_set(key, one), ENOMEM, 0, "thread_key_set") == 0)
        want(thread_key_get(key) == one, "a value is kept");
    return thread_key_get(key);
}

static void
values(void)
{
    static int one = 1;
    thread_t thread;
    void *value = NULL;
    destroyed = 0;
    if (allow(thread_key_create(&key, destroy), EAGAIN, 0,
              "thread_key_create") != 0)
        return;
    if (make(&thread, 0, false, set_value, &one) == 0)
        thread_join(thread, &value);
    want(destroyed == (value != NULL), "a value is destroyed once");
    want(thread_key_delete(key) == 0, "a key can be deleted");
}

static void *
send_three(void *channel)
{
    for (int i = 1; i <= 3; i++)
        want(channel_send(channel, &i) == 0, "an item can be sent");
    want(channel_close(channel) == 0, "a channel can be closed");
    return NULL;
}

static void
channels(void)
{
    struct channel c;
    thread_t sender;
    int item, sum = 0;
    if (allow(channel_init(&c, sizeof item, 2), ENOMEM, 0, "channel_init") != 0)
        return;
    if (make(&sender, 0, false, send_three, &c) == 0) {
        while (channel_receive(&c, &item) == 0)
            sum += item;
        want(sum == 6, "what was sent is received");
        thread_join(sender, NULL);
    }
    want(channel_destroy(&c) == 0, "a channel can be destroyed");
}

/* ---- Cancellation ---- */

static void *
wait_for_ever(void *semaphore)
{
    semaphore_wait(semaphore);
    return NULL;
}

static void
cancellation(void)
{
    static struct semaphore never;
    thread_t thread;
    void *result = NULL;
    if (make(&thread, 0, false, wait_for_ever, &never) != 0)
        return;
    thread_yield();
    want(thread_cancel(thread) == 0, "a thread can be cancelled");
    want(thread_join(thread, &result) == 0, "and be joined");
    want(result == THREAD_CANCELED, "and says so");
}

/* ---- What else there is ---- */

static void
looks(void)
{
    static struct mutex named;
    static struct thread_info list[4];
    if (allow(thread_name_object(&named, "named"), ENOMEM, 0,
              "thread_name_object") == 0)
        thread_name_object(&named, NULL);
    want(thread_list(list, 4) >= 1, "main is in the list");
    want(thread_set_name(0, "main") == 0, "main can be named");
}

static void
preemption(void)
{
    struct thread_preemption p;
    if (thread_preempt(1 * MS) == 0) /* or why no timer could be had */
        want(thread_preempt(0) == 0, "preemption can be switched off");
    thread_preemption(&p);
    want(p.source == NULL, "no timer is left");
}

const char *
story(void)
{
    complaint[0] = '\0';
    story_io_begin();
    crowd();
    detached();
    values();
    channels();
    cancellation();
    story_io();
    looks();
    preemption();
    return complaint[0] ? complaint : NULL;
}
