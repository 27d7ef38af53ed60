/* SPDX-License-Identifier: MIT */
/*
 * test.c - runs one test of many, and says what came of it; see test.h.
 *
 *      PROGRAM             lists the tests
 *      PROGRAM NUMBER      runs one, counted from 0
 *
 * What is said here is a claim. That the program has come to its end is proved
 * by the trace; whether a failure means anything is decided by whoever runs the
 * same test on other libraries.
 */
#include "test.h"

#include <stdlib.h>

/* The linker knows where the tests begin and end, if there are any. */
extern const struct lab_test __start_lab_tests[] __attribute__((weak));
extern const struct lab_test __stop_lab_tests[] __attribute__((weak));

void
lab_pass(void)
{
    lab_say(0, "passed");
    lab_end();
}

void
lab_fail(const char *condition, const char *file, int line)
{
    lab_say(0, "%s:%d: %s", file, line, condition);
    lab_say(0, "failed");
    lab_end();
}

int
main(int argc, char **argv)
{
    size_t count = (size_t)(__stop_lab_tests - __start_lab_tests);
    lab_begin();
    if (argc < 2) {
        for (size_t i = 0; i < count; i++)
            lab_say(0, "%s", __start_lab_tests[i].name);
        lab_end();
    }
    size_t number = strtoul(argv[1], NULL, 10);
    if (number >= count)
        return 2;
    lab_say(0, "%s", __start_lab_tests[number].name);
    __start_lab_tests[number].run();
    lab_pass();
}
