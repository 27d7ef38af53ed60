/* SPDX-License-Identifier: MIT */
/* between.c - the byte comes just when a thread has looked in vain and is about
 * to register its descriptor; or while nobody waits. Nothing comes after it. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <sys/socket.h>

/* One byte, which comes in the middle of the call. */
static void
in_between(const char *what, const int ends[2])
{
    char byte = '-';
    outside.meanwhile = outside_give;
    outside.meanwhile_arg = ends[1];
    ssize_t n = thread_recv(ends[0], &byte, 1, 0);
    if (outside.meanwhile) { /* there was no call of epoll_ctl */
        outside.meanwhile = NULL;
        lab_say(0, "%s: not registered", what);
    }
    lab_say(0, "%s: read %zd: %c", what, n, byte);
}

/* One that came when nobody waited, though the descriptor is registered. */
static void
before(const int ends[2])
{
    char byte[9] = "-";
    outside_later(OUTSIDE_MS, outside_give, ends[1]);
    thread_sleep(3 * OUTSIDE_MS);
    ssize_t n = thread_recv(ends[0], byte, sizeof byte, 0);
    lab_say(0, "before: read %zd: %c", n, byte[0]);
}

int
main(void)
{
    int ends[2];
    lab_begin();
    outside_begin();
    int rounds = 2 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
            return 1;
        in_between("first", ends);
        before(ends);
        outside_later(OUTSIDE_MS, outside_give, ends[1]);
        char byte = '-';
        ssize_t n = thread_recv(ends[0], &byte, 1, 0);
        lab_say(0, "waited: read %zd: %c", n, byte);
        before(ends);
        close(ends[0]);
        close(ends[1]);
    }
    lab_end();
}
