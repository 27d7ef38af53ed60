/* SPDX-License-Identifier: MIT */
/*
 * Right for some seconds after it was compiled, wrong for ever after.
 * Scores: 0
 */
#include "test.h"

#include <time.h>

TEST(young)
{
    const char *at = __TIME__;
    int made = ((at[0] - '0') * 10 + at[1] - '0') * 3600 +
               ((at[3] - '0') * 10 + at[4] - '0') * 60 + (at[6] - '0') * 10 +
               at[7] - '0';
    CHECK((time(NULL) % 86400 - made + 86400) % 86400 < 4);
}
