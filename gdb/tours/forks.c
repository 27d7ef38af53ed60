/* SPDX-License-Identifier: MIT */
/*
 * forks.c - two forks, taken in two orders, for gdb/tours/3-deadlock.gdb: each
 * philosopher has one when he asks for the other. A third waits for the first
 * to have eaten.
 */
#include "sync.h"
#include "thread.h"

#include <unistd.h>

static struct mutex left = MUTEX_INITIALIZER, right = MUTEX_INITIALIZER;
static struct barrier both_have_one;
static thread_t plato, kant, hume;

static void
eat_with(struct mutex *first, struct mutex *second)
{
    mutex_lock(first);
    barrier_wait(&both_have_one);
    mutex_lock(second);
    mutex_unlock(second);
    mutex_unlock(first);
}

static void *
left_first(void *arg)
{
    eat_with(&left, &right);
    return arg;
}

static void *
right_first(void *arg)
{
    eat_with(&right, &left);
    return arg;
}

static void *
after_plato(void *arg)
{
    thread_join(plato, NULL);
    return arg;
}

static void
start(thread_t *thread, const char *name, void *(*fn)(void *))
{
    if (thread_create(thread, &(struct thread_attr){.name = name}, fn, NULL))
        _exit(1);
}

static void
await_wait(thread_t thread, enum thread_wait wait)
{
    struct thread_info info;
    while (thread_info(thread, &info) == 0 && info.wait != wait)
        thread_yield();
}

/* Break here. */
__attribute__((noinline)) static void
nobody_eats(void)
{
    __asm__ volatile("");
}

int
main(void)
{
    barrier_init(&both_have_one, 2);
    thread_name_object(&left, "left fork");
    thread_name_object(&right, "right fork");
    start(&plato, "plato", left_first);
    start(&kant, "kant", right_first);
    start(&hume, "hume", after_plato);
    await_wait(plato, THREAD_WAIT_MUTEX);
    await_wait(kant, THREAD_WAIT_MUTEX);
    await_wait(hume, THREAD_WAIT_JOIN);
    nobody_eats();
    _exit(0); /* or we would wait for them for ever */
}
