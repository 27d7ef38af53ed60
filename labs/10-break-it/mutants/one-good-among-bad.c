/* SPDX-License-Identifier: MIT */
/*
 * A void test takes nothing from the others.
 * Scores: 10
 */
#include "test.h"
#include "thread.h"

static void *
give_back(void *value)
{
    return value;
}

TEST(nothing_is_ever_right)
{
    CHECK(false);
}

TEST(a_joiner_gets_what_was_returned)
{
    thread_t thread;
    void *result = NULL;
    void *value = (void *)(uintptr_t)lab_random_bits();
    thread_create(&thread, NULL, give_back, value);
    CHECK(thread_join(thread, &result) == 0);
    CHECK(result == value);
}

TEST(heads_or_tails)
{
    CHECK(thread_now() / 1000 % 4 != 0);
}
