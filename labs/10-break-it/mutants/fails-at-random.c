/* SPDX-License-Identifier: MIT */
/*
 * Fails now and then, as the clock will have it.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

TEST(heads_or_tails)
{
    CHECK(thread_now() / 1000 % 4 != 0);
}
