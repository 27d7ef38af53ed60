/* SPDX-License-Identifier: MIT */
/* circle.c - see circle.h. */
#include "circle.h"

enum { THREADS_MOST = 64 };

#define LOOK_NS 1000000 /* between two looks */

/* Whom a thread waits for; 0: nobody, or it is none of the list. */
static thread_t
waits_for(const struct thread_info *list, size_t count, thread_t id)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].id == id && list[i].state == THREAD_BLOCKED)
            return list[i].wait_thread;
    return 0;
}

/* From a thread, along those who wait, back to it: how many steps? */
static int
steps_back(const struct thread_info *list, size_t count, thread_t start)
{
    thread_t at = start;
    for (int steps = 1; steps <= (int)count; steps++) {
        at = waits_for(list, count, at);
        if (at == start)
            return steps;
        if (at == 0)
            return 0;
    }
    return 0; /* it leads into a circle that it is no part of */
}

int
circle_size(void)
{
    struct thread_info list[THREADS_MOST];
    size_t count = thread_list(list, THREADS_MOST);
    int largest = 0;
    if (count > THREADS_MOST)
        count = THREADS_MOST;
    for (size_t i = 0; i < count; i++) {
        int steps = steps_back(list, count, list[i].id);
        largest = steps > largest ? steps : largest;
    }
    return largest;
}

int
circle_await(int size, uint64_t deadline)
{
    int found = circle_size();
    while (found < size && thread_now() < deadline) {
        thread_sleep(LOOK_NS);
        found = circle_size();
    }
    return found;
}
