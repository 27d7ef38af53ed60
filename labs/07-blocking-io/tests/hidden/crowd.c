/* SPDX-License-Identifier: MIT */
/* crowd.c - many wait for one descriptor, for bytes and for room: what comes
 * goes to who has waited longest, and all that comes at once is given out. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <sys/socket.h>

enum { MOST = 9 };

static int socks[2];
static char flood[300000];

static void *
reader(void *number)
{
    char byte = '-';
    ssize_t n = thread_read(socks[0], &byte, 1);
    lab_say((int)(intptr_t)number, "read %zd: %c", n, byte);
    return NULL;
}

/* Waits for room in the same socket. */
static void *
writer(void *arg)
{
    size_t left = sizeof flood;
    while (left > 0) {
        ssize_t n = thread_write(socks[0], flood, left);
        if (n <= 0)
            break;
        left -= (size_t)n;
    }
    lab_say(MOST + 1, "left to write %zu", left);
    return arg;
}

static void
give_many(int count)
{
    while (count-- > 0)
        outside_give(socks[1]);
}

static void
drain(int fd)
{
    static char sink[sizeof flood];
    ssize_t n;
    while ((n = recv(fd, sink, sizeof sink, MSG_DONTWAIT)) > 0)
        continue;
}

int
main(void)
{
    thread_t thread[MOST + 1], last;
    lab_begin();
    outside_begin();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, socks) != 0)
        return 1;
    int rounds = 2 + (int)lab_random(3);
    for (int round = 0; round < rounds; round++) {
        int count = 2 + (int)lab_random(MOST - 1), given = 0;
        lab_say(0, "readers %d", count);
        for (intptr_t i = 1; i <= count; i++)
            thread_create(&thread[i], NULL, reader, (void *)i);
        thread_create(&last, NULL, writer, NULL);
        for (unsigned ms = 1; given < count; ms++) {
            int some = 1 + (int)lab_random((uint64_t)(count - given));
            outside_later(ms * OUTSIDE_MS, give_many, some);
            given += some;
        }
        for (int i = 1; i <= count; i++)
            thread_join(thread[i], NULL);
        for (int i = 1; i < 30; i++)
            outside_later((unsigned)i * OUTSIDE_MS, drain, socks[1]);
        thread_join(last, NULL);
        thread_sleep(40 * OUTSIDE_MS);
    }
    lab_end();
}
