/* SPDX-License-Identifier: MIT */
/* timer.c - what timer it is, and what handler. */
#include "ticks.h"

#include <signal.h>

static void *
nothing(void *unused)
{
    return unused;
}

int
main(void)
{
    thread_t thread;
    struct thread_preemption p;
    lab_begin_ticks(LAB_WITH);
    thread_create(&thread, NULL, nothing, NULL);
    thread_join(thread, NULL);
    struct lab_timer timer = lab_timer();
    lab_say(0, "timers: %d", timer.live);
    lab_say(0, "counts CPU time: %d", timer.cpu_time);
    lab_say(0, "signals this kernel thread: %d", timer.to_thread);
    lab_say(0, "again and again: %d", timer.periodic);
    lab_say(0, "the handler learns of what: %d",
            (timer.flags & SA_SIGINFO) != 0);
    lab_say(0, "system calls go on: %d", (timer.flags & SA_RESTART) != 0);
    lab_say(0, "on the thread's own stack: %d",
            (timer.flags & SA_ONSTACK) == 0);
    thread_preemption(&p);
    lab_say(0, "%s, quantum as asked for: %d", p.source ? p.source : "off",
            p.quantum == LAB_QUANTUM);
    lab_end();
}
