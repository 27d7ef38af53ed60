/* SPDX-License-Identifier: MIT */
/*
 * Where a function lies says nothing of what it does.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

TEST(addresses)
{
    CHECK((uintptr_t)thread_join / 256 % 2 == 0);
}
