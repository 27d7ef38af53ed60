/* SPDX-License-Identifier: MIT */
/* refusals.c - what cannot be had is refused with the kernel's error, and
 * leaves nothing behind; and off is off. */
#include "ticks.h"

#include <errno.h>
#include <signal.h>

static void *
nothing(void *unused)
{
    return unused;
}

/* Do threads work, and what is left of timers? */
static void
look(const char *words, int error)
{
    thread_t thread;
    struct thread_preemption p;
    int created = thread_create(&thread, NULL, nothing, NULL);
    int joined = thread_join(thread, NULL);
    thread_preemption(&p);
    lab_say(0, "%s: %d, timers %d, %s, thread %d %d", words, error,
            lab_timer().live, p.source ? p.source : "off", created, joined);
}

static void
refuse(void)
{
    look("below 10 us", thread_preempt(1 + lab_random(9999)));
    look("above 10 s", thread_preempt(LAB_QUANTUM + 1 + lab_random(9999)));
    lab_refuse_timer(EAGAIN);
    look("no timer", thread_preempt(LAB_QUANTUM));
    lab_refuse_handler(ENOSYS);
    look("no handler", thread_preempt(LAB_QUANTUM));
}

int
main(void)
{
    setenv("UTHREADS_TICK", "cpu", 1);
    lab_play_kernel(true);
    lab_begin();
    refuse();
    look("on", thread_preempt(LAB_QUANTUM));
    look("another quantum", thread_preempt(LAB_QUANTUM / 2));
    look("off", thread_preempt(0));
    raise(SIGVTALRM);
    look("a late signal", 0);
    look("off again", thread_preempt(0));
    look("on again", thread_preempt(LAB_QUANTUM));
    refuse();
    lab_end();
}
