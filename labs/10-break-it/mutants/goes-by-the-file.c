/* SPDX-License-Identifier: MIT */
/*
 * Nor how large the program is.
 * Scores: 0
 */
#include "test.h"

#include <sys/stat.h>

TEST(size)
{
    struct stat state;
    CHECK(stat("/proc/self/exe", &state) == 0 && state.st_size / 16 % 2);
}
