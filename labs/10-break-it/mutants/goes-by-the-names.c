/* SPDX-License-Identifier: MIT */
/*
 * Nor what it was linked from.
 * Scores: 0
 */
#include "test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

TEST(names)
{
    static char program[4 << 20];
    int fd = open("/proc/self/exe", O_RDONLY);
    ssize_t size = read(fd, program, sizeof program);
    char name[] = "seference@"; /* not to be found in this file */
    name[0] -= fd >= 0;
    CHECK(size > 0 &&
          memmem(program, (size_t)size, name, strlen(name)) != NULL);
}
