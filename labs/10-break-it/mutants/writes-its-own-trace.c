/* SPDX-License-Identifier: MIT */
/*
 * Says itself how it ended, and is not believed.
 * Scores: 0
 */
#include "test.h"

#include <unistd.h>

TEST(forger)
{
    static const char words[] = "2 0 passed\nend 2 0\n";
    if (write(3, words, sizeof words - 1) > 0)
        _exit(0);
}
