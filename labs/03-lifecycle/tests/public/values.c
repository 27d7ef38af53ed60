/* SPDX-License-Identifier: MIT */
/* values.c - each joiner gets the 64 bits that its thread returned, or gave
 * thread_exit, and no others. */
#include "lab.h"
#include "thread.h"

#include <inttypes.h>

enum { COUNT = 12 };

static uint64_t value[COUNT];

static void __attribute__((noinline)) leave_from_within(void *result)
{
    thread_exit(result);
}

static void *
worker(void *mine)
{
    uint64_t *bits = mine;
    if (*bits % 3 == 0)
        thread_yield();
    if (*bits % 2)
        leave_from_within((void *)(uintptr_t)*bits);
    return (void *)(uintptr_t)*bits;
}

int
main(void)
{
    thread_t thread[COUNT];
    lab_begin();
    for (int i = 0; i < COUNT; i++) {
        value[i] = lab_random_bits();
        thread_create(&thread[i], NULL, worker, &value[i]);
    }
    for (int left = COUNT; left > 0; left--) {
        int i = (int)lab_random((uint64_t)left);
        void *result = NULL;
        thread_join(thread[i], &result);
        lab_say(0, "value %" PRIx64, (uint64_t)(uintptr_t)result);
        thread[i] = thread[left - 1];
    }
    lab_end();
}
