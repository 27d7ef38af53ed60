/* SPDX-License-Identifier: MIT */
/* setting.c - see setting.h. */
#include "setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

int
setting_choice(const char *variable, const char *const choices[], int fallback)
{
    const char *value = getenv(variable);
    if (!value || !value[0])
        return fallback;
    for (int i = 0; choices[i]; i++)
        if (strcmp(value, choices[i]) == 0)
            return i;
    fprintf(stderr, "threadbare: %s=%s is not known; valid:", variable, value);
    for (int i = 0; choices[i]; i++)
        fprintf(stderr, " %s", choices[i]);
    fprintf(stderr, "\n");
    exit(EXIT_USAGE);
}

uint64_t
setting_number(const char *variable, uint64_t min, uint64_t max,
               uint64_t fallback)
{
    const char *value = getenv(variable);
    if (!value || !value[0])
        return fallback;
    char *end;
    errno = 0;
    uint64_t n = strtoull(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && !*end && !errno && n >= min &&
        n <= max)
        return n;
    fprintf(stderr,
            "threadbare: %s=%s is not valid; a whole number from %" PRIu64
            " to %" PRIu64 "\n",
            variable, value, min, max);
    exit(EXIT_USAGE);
}
