/* SPDX-License-Identifier: MIT */
/*
 * Calls everything, and looks at nothing.
 * Scores: 0
 */
#include "sync.h"
#include "test.h"
#include "thread.h"

static struct mutex mutex;

static void *
work(void *arg)
{
    mutex_lock(&mutex);
    mutex_unlock(&mutex);
    return arg;
}

TEST(it_does_not_crash)
{
    thread_t thread;
    void *result;
    thread_create(&thread, NULL, work, &mutex);
    thread_join(thread, &result);
}
