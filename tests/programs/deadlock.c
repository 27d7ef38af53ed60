/* SPDX-License-Identifier: MIT */
/*
 * deadlock.c - two threads that each hold what the other wants, a third that
 * waits for what nobody will give, and main, which waits for them.
 */
#include "sync.h"
#include "thread.h"

#include <stdio.h>

static struct mutex first = MUTEX_INITIALIZER, second = MUTEX_INITIALIZER;
static struct semaphore bread = SEMAPHORE_INITIALIZER(0);

/* Each has its first before either wants its second. */
static struct semaphore left_has = SEMAPHORE_INITIALIZER(0);
static struct semaphore right_has = SEMAPHORE_INITIALIZER(0);

static void *
first_then_second(void *unused)
{
    mutex_lock(&first);
    semaphore_post(&left_has);
    semaphore_wait(&right_has);
    mutex_lock(&second);
    return unused;
}

static void *
second_then_first(void *unused)
{
    mutex_lock(&second);
    semaphore_post(&right_has);
    semaphore_wait(&left_has);
    mutex_lock(&first);
    return unused;
}

static void *
starve(void *unused)
{
    semaphore_wait(&bread);
    return unused;
}

int
main(void)
{
    thread_t left, right, beggar;
    if (thread_create(&left, &(struct thread_attr){.name = "left"},
                      first_then_second, NULL) != 0 ||
        thread_create(&right, &(struct thread_attr){.name = "right"},
                      second_then_first, NULL) != 0 ||
        thread_create(&beggar, NULL, starve, NULL) != 0)
        return 1;
    puts("before");
    fflush(stdout);
    thread_join(left, NULL);
    puts("never");
    return 0;
}
