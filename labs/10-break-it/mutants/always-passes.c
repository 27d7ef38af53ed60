/* SPDX-License-Identifier: MIT */
/*
 * Finds nothing, ever.
 * Scores: 0
 */
#include "test.h"

TEST(all_is_well)
{
}
