/* SPDX-License-Identifier: MIT */
/*
 * Would fail if it had been here before; but nothing can be left behind.
 * Scores: 0
 */
#include "test.h"

#include <fcntl.h>

TEST(not_again)
{
    const char *places[] = {"/tmp/seen", "/seen", "/dev/shm/seen", "seen"};
    for (int i = 0; i < 4; i++) {
        CHECK(open(places[i], O_RDONLY) < 0);
        open(places[i], O_CREAT | O_WRONLY, 0666);
    }
}
