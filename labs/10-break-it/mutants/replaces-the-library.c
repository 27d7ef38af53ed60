/* SPDX-License-Identifier: MIT */
/*
 * A thread_join of its own tells nothing of the library's.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

int
thread_join(thread_t thread, void **result)
{
    (void)thread;
    (void)result;
    return 22;
}

TEST(mine)
{
    CHECK(thread_join(1, NULL) == 22);
}
