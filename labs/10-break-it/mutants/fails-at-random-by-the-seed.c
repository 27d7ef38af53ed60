/* SPDX-License-Identifier: MIT */
/*
 * Fails now and then, by the number that the run is given.
 * Scores: 0
 */
#include "test.h"

TEST(a_throw_of_dice)
{
    CHECK(lab_random(2) != 0);
}
