/* SPDX-License-Identifier: MIT */
/* join-waits.c - whoever joins a thread that still runs is blocked until it
 * has ended, and has no turn before. */
#include "lab.h"
#include "thread.h"

static thread_t first, waiter;
static int rounds;

/* What the thread that joins us is doing, as the library's table has it. */
static void
look(int lane, uint64_t *switches)
{
    struct thread_info info = {0};
    thread_info(waiter, &info);
    lab_say(lane, "main %s %s for %s, turns %d", thread_state_name(info.state),
            thread_wait_name(info.wait),
            info.wait_thread == first ? "1" : "another",
            *switches ? (int)(info.switches - *switches) : 0);
    *switches = info.switches;
}

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    uint64_t switches = 0;
    for (int i = 0; i < rounds; i++) {
        look(lane, &switches);
        thread_yield();
    }
    lab_say(lane, "end");
    return NULL;
}

int
main(void)
{
    thread_t second;
    lab_begin();
    rounds = 2 + (int)lab_random(5);
    waiter = thread_self();
    thread_create(&first, NULL, worker, (void *)1);
    thread_create(&second, NULL, worker, (void *)2);
    thread_join(first, NULL);
    lab_say(0, "joined 1");
    thread_join(second, NULL);
    lab_say(0, "joined 2");
    lab_end();
}
