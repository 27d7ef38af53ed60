/* SPDX-License-Identifier: MIT */
/*
 * preempted.c - a program to be debugged: threads that lost the CPU while they
 * computed, and are parked in the handler of the tick that took it.
 *
 * Nobody here ever yields. When each of two spinners has counted for a while,
 * main, which has got the CPU by a tick as well, calls after_parking.
 */
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUANTUM 1000000u /* ns */

static volatile unsigned long counts[2];
static volatile bool over;

static __attribute__((noinline, noclone)) void *
spinner(void *arg)
{
    volatile unsigned long *count = arg;
    while (!over)
        ++*count;
    return NULL;
}

/* Break here. */
static __attribute__((noinline, noclone)) void
after_parking(void)
{
    __asm__ volatile("" ::: "memory");
}

int
main(void)
{
    thread_t threads[2];
    int error = thread_preempt(QUANTUM);
    if (error) {
        fprintf(stderr, "gdb-preempted: %s\n", strerror(error));
        return 77;
    }
    for (int i = 0; i < 2; i++)
        if (thread_create(&threads[i], NULL, spinner,
                          (void *)(size_t)&counts[i]) != 0)
            return 1;
    while (!counts[0] || !counts[1])
        ;
    after_parking();
    over = true;
    for (int i = 0; i < 2; i++)
        thread_join(threads[i], NULL);
    return 0;
}
