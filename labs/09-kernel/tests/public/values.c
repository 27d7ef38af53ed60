/* SPDX-License-Identifier: MIT */
/* values.c - each joiner gets the 64 bits that its thread returned, or gave
 * thread_exit, and no others; and a thread finds its identifier in place. */
#include "jostle.h"
#include "lab.h"
#include "thread.h"

#include <inttypes.h>

enum { COUNT = 60 };

static uint64_t value[COUNT];
static thread_t thread[COUNT];

static void *
worker(void *mine)
{
    uint64_t *bits = mine;
    if (thread[bits - value] != thread_self())
        return (void *)1;
    if (*bits % 2)
        thread_exit((void *)(uintptr_t)*bits);
    return (void *)(uintptr_t)*bits;
}

int
main(void)
{
    lab_begin();
    for (int i = 0; i < COUNT; i++)
        value[i] = lab_random_bits();
    lab_jostle(true);
    for (int i = 0; i < COUNT; i++)
        thread_create(&thread[i], NULL, worker, &value[i]);
    for (int i = COUNT; i-- > 0;) {
        void *result = NULL;
        thread_join(thread[i], &result);
        lab_say(0, "value %" PRIx64, (uint64_t)(uintptr_t)result);
    }
    lab_say(0, "threads %zu", thread_list(NULL, 0));
    lab_end();
}
