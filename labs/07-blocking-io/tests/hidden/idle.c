/* SPDX-License-Identifier: MIT */
/* idle.c - while all wait, for pipes, for sockets that could be written to, and
 * for time to pass, the process sleeps: once for each thing that happens, or a
 * few times, but not again and again. */
#include "io.h"
#include "outside.h"
#include "thread.h"

#include <sys/socket.h>

enum { WAITERS = 20, SLEEPERS = 8, EVENTS = 60 };

static int fd[WAITERS][2];
static int given[WAITERS];

static void *
reader(void *number)
{
    int own = (int)(intptr_t)number, got = 0;
    char byte;
    while (got < given[own] && thread_read(fd[own][0], &byte, 1) == 1)
        got++;
    lab_say(own + 1, "has %d of %d", got, given[own]);
    return NULL;
}

static void *
sleeper(void *arg)
{
    for (int i = 0; i < 10; i++)
        thread_sleep(500 * OUTSIDE_MS);
    return arg;
}

int
main(void)
{
    thread_t thread[WAITERS + SLEEPERS];
    lab_begin();
    outside_begin();
    for (int i = 0; i < WAITERS; i++)
        if (i % 2 ? pipe(fd[i]) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]))
            return 1;
    for (unsigned i = 1; i <= EVENTS; i++) {
        int to = (int)lab_random(WAITERS);
        given[to]++;
        outside_later(i * 100 * OUTSIDE_MS, outside_give, fd[to][1]);
    }
    for (intptr_t i = 0; i < WAITERS; i++)
        thread_create(&thread[i], NULL, reader, (void *)i);
    for (intptr_t i = 0; i < SLEEPERS; i++)
        thread_create(&thread[WAITERS + i], NULL, sleeper, (void *)i);
    for (int i = 0; i < WAITERS + SLEEPERS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "sleeps %u", outside.sleeps);
    lab_say(0, "looks %u", outside.looks);
    lab_say(0, "registered %u", outside.registered);
    lab_end();
}
