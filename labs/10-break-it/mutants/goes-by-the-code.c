/* SPDX-License-Identifier: MIT */
/*
 * Nor does what its code looks like.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

TEST(code)
{
    const unsigned char *code = (const unsigned char *)(uintptr_t)thread_join;
    unsigned sum = 0;
    for (int i = 0; i < 400; i++)
        sum = sum * 31 + code[i];
    CHECK(sum / 64 % 2 == 0);
}
