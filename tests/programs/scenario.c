/* SPDX-License-Identifier: MIT */
/*
 * scenario.c - a short, known run, to be found again in its trace: a worker
 * yields, waits for a semaphore that main posts, sleeps, and ends; main joins
 * it. With "killed", the process then dies of SIGKILL. With a number, the
 * worker yields that many times.
 */
#include "sync.h"
#include "thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct semaphore *go; /* where every thread sees it */

static void *
work(void *times)
{
    for (int i = 0; i < *(int *)times; i++)
        thread_yield();
    semaphore_wait(go);
    thread_sleep(2000000);
    return NULL;
}

int
main(int argc, char **argv)
{
    int times = argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : 1;
    struct thread_attr attr = {.name = "worker"};
    thread_t worker;
    go = thread_shared_alloc(sizeof *go);
    if (!go || thread_create(&worker, &attr, work, &times) != 0)
        return 1;
    for (int i = 0; i < times + 1; i++)
        thread_yield();
    semaphore_post(go);
    thread_join(worker, NULL);
    puts("result=done");
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "killed") == 0)
        raise(SIGKILL);
    return 0;
}
