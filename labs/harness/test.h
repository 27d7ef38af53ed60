/* SPDX-License-Identifier: MIT */
/*
 * test.h - what a test of yours is written with.
 *
 *      TEST(a_join_waits)
 *      {
 *          ...
 *          CHECK(done);
 *      }
 *
 * Each test runs in a process of its own, on main's thread. It has passed when
 * it returns, or when lab_pass is called in any thread; anything else, be it a
 * CHECK that does not hold, a crash, an exit or a hang, is a failure.
 *
 * Numbers that are other ones in each run are had from lab_random (lab.h).
 */
#ifndef LABS_HARNESS_TEST_H
#define LABS_HARNESS_TEST_H

#include "lab.h"

struct lab_test {
    const char *name;
    void (*run)(void);
};

#define TEST(name)                                                          \
    static void test_##name(void);                                          \
    static const struct lab_test lab_test_##name                            \
        __attribute__((used, section("lab_tests"))) = {#name, test_##name}; \
    static void test_##name(void)

#define CHECK(condition) \
    ((condition) ? (void)0 : lab_fail(#condition, __FILE__, __LINE__))

/* The test has passed, and is over: for those in which main ends first. */
void lab_pass(void) __attribute__((noreturn));

void lab_fail(const char *condition, const char *file, int line)
    __attribute__((noreturn));

#endif
