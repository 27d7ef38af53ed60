/* SPDX-License-Identifier: MIT */
/*
 * blocking.c - any other call that blocks, without stopping the others.
 *
 * The kernel suspends this thread and no other, whatever it waits for. What is
 * left is to say that it waits.
 */
#include "clock.h"
#include "io.h"
#include "waiting.h"

#include <errno.h>

void *
thread_blocking(void *(*fn)(void *), void *arg)
{
    void *result = NULL;
    thread_blocking_until(fn, arg, THREAD_FOREVER, &result);
    return result;
}

int
thread_blocking_until(void *(*fn)(void *), void *arg, uint64_t deadline,
                      void **result)
{
    thread_testcancel();
    if (deadline != THREAD_FOREVER && deadline <= clock_now())
        return ETIMEDOUT;
    wait_begin((struct wait){
        .kind = THREAD_WAIT_IO, .fd = -1, .call = "blocking call"});
    *result = fn(arg);
    wait_end();
    return 0;
}
