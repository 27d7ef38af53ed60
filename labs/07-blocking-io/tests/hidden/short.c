/* SPDX-License-Identifier: MIT */
/* short.c - the kernel takes and gives fewer bytes than were asked for, and
 * the caller is told how many they were. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <string.h>

int
main(void)
{
    static const char words[] = "abcdefghijklmnopqrstuvwxyz";
    int ends[2];
    lab_begin();
    outside_begin();
    if (pipe(ends) != 0)
        return 1;
    int rounds = 3 + (int)lab_random(6);
    for (int i = 0; i < rounds; i++) {
        char buf[64];
        memset(buf, '.', sizeof buf);
        outside.at_most = 1 + lab_random(9);
        ssize_t n = thread_write(ends[1], words, sizeof words - 1);
        lab_say(0, "write %zd", n);
        outside.at_most = 1 + lab_random(9);
        n = thread_read(ends[0], buf, 40);
        lab_say(0, "read %zd: %.12s", n, buf);
        outside.at_most = 0;
        ssize_t left = thread_write(ends[1], "!", 1);
        memset(buf, '.', sizeof buf);
        left = thread_read(ends[0], buf, 40);
        lab_say(0, "the rest %zd: %.12s", left, buf);
    }
    lab_end();
}
