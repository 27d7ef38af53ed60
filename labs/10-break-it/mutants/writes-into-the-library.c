/* SPDX-License-Identifier: MIT */
/*
 * Spoils what belongs to the library, which then does strange things.
 * Scores: 0
 */
#include "test.h"
#include "thread.h"

#include <string.h>

TEST(vandal)
{
    memset((void *)(uintptr_t)thread_create, 0xc3, 16);
}
