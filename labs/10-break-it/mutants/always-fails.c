/* SPDX-License-Identifier: MIT */
/*
 * Fails on everything, and so on the reference too.
 * Scores: 0
 */
#include "test.h"

TEST(nothing_is_ever_right)
{
    CHECK(false);
}
