/* SPDX-License-Identifier: MIT */
/* detach-late.c - a thread detached after its end is freed then and there; one
 * detached while it lives, at its end. */
#include "lab.h"
#include "thread.h"

enum { COUNT = 20 };

static void *
worker(void *times)
{
    for (intptr_t i = 0; i < (intptr_t)times; i++)
        thread_yield();
    return NULL;
}

int
main(void)
{
    thread_t thread[COUNT];
    lab_begin();
    for (int i = 0; i < COUNT; i++)
        thread_create(&thread[i], NULL, worker,
                      (void *)(i % 2 ? (intptr_t)3 : 0));
    thread_yield(); /* the even ones have ended */
    for (int left = COUNT; left > 0; left--) {
        int i = (int)lab_random((uint64_t)left);
        thread_t t = thread[i];
        thread[i] = thread[left - 1];
        lab_say(0, "detach %d", thread_detach(t));
    }
    lab_say(0, "stacks %zu, threads %zu", lab_stacks().live,
            thread_list(NULL, 0));
    for (int i = 0; i < 5; i++)
        thread_yield();
    lab_say(0, "stacks %zu, threads %zu", lab_stacks().live,
            thread_list(NULL, 0));
    lab_end();
}
