/* SPDX-License-Identifier: MIT */
/*
 * Looks at the right thing, and then crashes in any case.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

static void *
give_back(void *value)
{
    return value;
}

TEST(a_joiner_gets_the_value_and_we_all_die)
{
    thread_t thread;
    void *result;
    thread_create(&thread, NULL, give_back, &thread);
    CHECK(thread_join(thread, &result) == 0 && result == &thread);
    *(volatile int *)NULL = 0;
}
