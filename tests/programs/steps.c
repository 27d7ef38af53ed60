/* SPDX-License-Identifier: MIT */
/*
 * steps.c - every kind of switch once, and short, so that a debugger can go
 * through all of it instruction by instruction: to a thread that has never run,
 * by yielding, by blocking, by ending, and to the idle thread and back.
 *
 * Each thread says where its frame lies, so that whoever looks can tell from
 * the stack pointer alone whose stack it is; and each keeps values of its own
 * in the registers that a call leaves alone.
 */
#include "sync.h"
#include "thread.h"

#include <stdint.h>
#include <stdio.h>

char *frame_of_main, *frame_of_first, *frame_of_second;
static struct semaphore turn;

/* The compiler must have these in registers at this point. */
#define IN_REGISTERS(n)                                                \
    __asm__ volatile(""                                                \
                     : "+r"(n[0]), "+r"(n[1]), "+r"(n[2]), "+r"(n[3]), \
                       "+r"(n[4]), "+r"(n[5]))

/* Before the walk, and after. */
__attribute__((noinline)) static void
mark(void)
{
    __asm__ volatile("");
}

static void *
first(void *result)
{
    uint64_t n[] = {11, 12, 13, 14, 15, 16};
    frame_of_first = __builtin_frame_address(0);
    IN_REGISTERS(n);
    thread_yield();        /* to the second, which has not run */
    semaphore_wait(&turn); /* blocks */
    thread_sleep(1000);    /* and so does this, when nobody else is ready */
    IN_REGISTERS(n);
    return result;
}

static void *
second(void *result)
{
    uint64_t n[] = {21, 22, 23, 24, 25, 26};
    frame_of_second = __builtin_frame_address(0);
    IN_REGISTERS(n);
    thread_yield();
    semaphore_post(&turn); /* wakes */
    IN_REGISTERS(n);
    return result;
}

int
main(void)
{
    uint64_t n[] = {1, 2, 3, 4, 5, 6};
    thread_t one, other;
    frame_of_main = __builtin_frame_address(0);
    int error = thread_create(&one, NULL, first, NULL);
    error += thread_create(&other, NULL, second, NULL);
    mark();
    IN_REGISTERS(n);
    error += thread_join(one, NULL);
    IN_REGISTERS(n);
    error += thread_join(other, NULL);
    mark();
    printf("errors=%d\n", error);
    return error != 0;
}
