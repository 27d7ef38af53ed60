/* SPDX-License-Identifier: MIT */
/* main-returns.c - returning from main ends the process and all threads. */
#include "sync.h"
#include "thread.h"

#include <stdio.h>

static struct semaphore never = SEMAPHORE_INITIALIZER(0);

static void *
outlive_main(void *unused)
{
    semaphore_wait(&never);
    puts("a thread outlived main");
    return unused;
}

int
main(void)
{
    for (int i = 0; i < 3; i++)
        if (thread_create(NULL, NULL, outlive_main, NULL) != 0)
            return 1;
    thread_yield();
    puts("main returns");
    return 7;
}
