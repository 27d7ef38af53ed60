/* SPDX-License-Identifier: MIT */
/* relay.c - a number goes round a ring of threads by pipes; each has it once a
 * round, and adds one. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "thread.h"

#include <unistd.h>

enum { MOST = 20 };

static int pipes[MOST + 1][2], members, rounds;

static void *
member(void *number)
{
    int lane = (int)(intptr_t)number, value = 0;
    for (int i = 0; i < rounds; i++) {
        ssize_t n = thread_read(pipes[lane - 1][0], &value, sizeof value);
        if (n != sizeof value)
            lab_say(lane, "read %zd", n);
        lab_say(lane, "has %d", value++);
        n = thread_write(pipes[lane % members][1], &value, sizeof value);
        if (n != sizeof value)
            lab_say(lane, "wrote %zd", n);
    }
    return NULL;
}

int
main(void)
{
    thread_t thread[MOST + 1];
    lab_begin();
    enters_begin();
    members = 2 + (int)lab_random(MOST - 1);
    rounds = 1 + (int)lab_random(5);
    int value = (int)lab_random(1000);
    for (int i = 0; i < members; i++)
        if (pipe(pipes[i]) != 0)
            return 1;
    for (intptr_t i = 1; i <= members; i++)
        thread_create(&thread[i], NULL, member, (void *)i);
    thread_write(pipes[0][1], &value, sizeof value);
    for (int i = 1; i <= members; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
