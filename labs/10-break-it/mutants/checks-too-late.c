/* SPDX-License-Identifier: MIT */
/*
 * What is checked is checked by a thread that has no turn any more.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

static void *
check(void *arg)
{
    thread_yield();
    CHECK(arg != NULL);
    return arg;
}

TEST(somebody_will_look)
{
    thread_create(NULL, NULL, check, NULL);
}
