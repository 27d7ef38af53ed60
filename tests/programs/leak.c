/* SPDX-License-Identifier: MIT */
/*
 * leak.c - at the end of the process a block is left that only one pointer
 * leads to, and that pointer lies
 *   parked   on the stack of a thread that is blocked
 *   ready    on the stack of a thread that could go on
 *   ended    nowhere any more: it lay on the stack of a thread that has ended
 */
#include "sync.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>

static struct semaphore never = SEMAPHORE_INITIALIZER(0);
static const char *how;

static void *
hold_a_block(void *arg)
{
    void *volatile block = malloc(1000);
    if (!block)
        exit(1);
    if (strcmp(how, "parked") == 0)
        semaphore_wait(&never);
    else if (strcmp(how, "ready") == 0)
        thread_yield();
    block = NULL;
    return arg;
}

static void *
do_nothing(void *arg)
{
    return arg;
}

int
main(int argc, char **argv)
{
    thread_t thread;
    how = argc > 1 ? argv[1] : "";
    if (thread_create(&thread, NULL, hold_a_block, NULL) != 0)
        return 1;
    thread_yield();
    if (strcmp(how, "ended") == 0) {
        thread_join(thread, NULL);
        if (thread_create(&thread, NULL, do_nothing, NULL) != 0)
            return 1;
        thread_join(thread, NULL);
    }
    return 0;
}
