/* SPDX-License-Identifier: MIT */
/*
 * two.c - two threads that take turns, for gdb/tours/1-yield.gdb.
 */
#include "thread.h"

#include <stdint.h>
#include <stdio.h>

static int ticks, tocks;

static void *
tick(void *arg)
{
    for (int i = 0; i < 3; i++) {
        ticks++;
        thread_yield();
    }
    return arg;
}

static void *
tock(void *arg)
{
    for (int i = 0; i < 3; i++) {
        tocks++;
        thread_yield();
    }
    return arg;
}

int
main(void)
{
    thread_t first, second;
    int error = thread_create(&first, &(struct thread_attr){.name = "tick"},
                              tick, NULL);
    error += thread_create(&second, &(struct thread_attr){.name = "tock"}, tock,
                           NULL);
    error += thread_join(first, NULL);
    error += thread_join(second, NULL);
    printf("%d ticks, %d tocks\n", ticks, tocks);
    return error != 0;
}
