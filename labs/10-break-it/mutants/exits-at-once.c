/* SPDX-License-Identifier: MIT */
/*
 * Status 0 is no proof of anything.
 * Scores: 0
 */
#include "test.h"

#include <stdlib.h>

TEST(exit_0)
{
    exit(0);
}
