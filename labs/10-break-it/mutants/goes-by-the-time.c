/* SPDX-License-Identifier: MIT */
/*
 * Which of two equal pieces of work is faster is anybody's guess.
 * Scores: 0
 */
#include "sync.h"
#include "test.h"
#include "thread.h"

static uint64_t
measure(void)
{
    static struct mutex mutex;
    uint64_t begin = thread_now();
    for (int i = 0; i < 3000; i++) {
        mutex_lock(&mutex);
        mutex_unlock(&mutex);
    }
    return thread_now() - begin;
}

TEST(speed)
{
    measure();
    CHECK(measure() <= measure());
}
