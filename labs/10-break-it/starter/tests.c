/* SPDX-License-Identifier: MIT */
/*
 * tests.c - your tests. At most twelve; each finds as many mistakes as it can.
 */
#include "sync.h"
#include "test.h"
#include "thread.h"

static void *
give_back(void *value)
{
    return value;
}

/* An example. It passes on a right library, and finds one of the mutants. */
TEST(a_joiner_gets_what_was_returned)
{
    thread_t thread;
    void *result = NULL;
    void *value = (void *)(uintptr_t)lab_random_bits();
    thread_create(&thread, NULL, give_back, value);
    CHECK(thread_join(thread, &result) == 0);
    CHECK(result == value);
}

/* Yours: what else does the contract promise? */
TEST(not_written_yet)
{
}
