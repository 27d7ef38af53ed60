/* SPDX-License-Identifier: MIT */
/*
 * Comes to no end on anything: too late is a failure, on the reference too.
 * Scores: 0
 */
#include "test.h"

TEST(patience)
{
    for (;;)
        continue;
}
