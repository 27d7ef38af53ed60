/* SPDX-License-Identifier: MIT */
/* poll.c - to wait for the first of many is an operation for each; those that
 * are not the first are cancelled, again and again, and the kernel lets go of
 * all before the thread goes on. */
#include "enters.h"
#include "io.h"
#include "later.h"

#include <poll.h>
#include <string.h>

enum { PIPES = 5 };

int
main(void)
{
    int ends[PIPES][2];
    struct pollfd fds[PIPES];
    lab_begin();
    enters_begin();
    for (int i = 0; i < PIPES; i++) {
        if (pipe(ends[i]) != 0)
            return 1;
        fds[i] = (struct pollfd){.fd = ends[i][0], .events = POLLIN};
    }
    int rounds = 20 + (int)lab_random(40);
    for (int round = 0; round < rounds; round++) {
        char byte;
        int chosen = (int)lab_random(PIPES), which = -1;
        if (round % 2)
            give(ends[chosen][1]);
        else
            later(1, give, ends[chosen][1]);
        int n = thread_poll(fds, PIPES, THREAD_FOREVER);
        for (int i = 0; i < PIPES; i++)
            if (fds[i].revents == POLLIN)
                which = i;
        ssize_t got = thread_read(ends[chosen][0], &byte, 1);
        lab_say(0, "poll %d: %d, read %zd", n, which, got);
    }
    lab_say(0, "none: %d", thread_poll(fds, PIPES, thread_now() + MS));
    lab_end();
}
