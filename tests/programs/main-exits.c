/* SPDX-License-Identifier: MIT */
/*
 * main-exits.c - after thread_exit in main the process lives on until its last
 * thread has ended, and its status is 0.
 */
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>

static void *
join_main(void *unused)
{
    void *result = NULL;
    int error = thread_join(1, &result);
    printf("main gave %s, error %d\n", (const char *)result, error);
    return unused;
}

static void *
sleep_on(void *unused)
{
    thread_sleep(20000000);
    puts("the last one ends");
    return unused;
}

static void
at_exit(void)
{
    puts("exit handlers ran");
}

int
main(void)
{
    atexit(at_exit);
    if (thread_create(NULL, NULL, join_main, NULL) != 0 ||
        thread_create(NULL, NULL, sleep_on, NULL) != 0)
        return 1;
    thread_exit("its word");
}
