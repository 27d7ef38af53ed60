/* SPDX-License-Identifier: MIT */
/* spin.c - threads that wait for each other in loops without a call: each gets
 * the CPU all the same. The ticks are real ones. */
#include "lab.h"
#include "thread.h"

#include <stdlib.h>

enum { THREADS = 4, ROUNDS = 3, QUANTUM = 1000 * 1000 /* ns */ };

static volatile int token;

/* Each passes the token on to one who has spun all the while. */
static void *
spin(void *number)
{
    int me = (int)(intptr_t)number;
    for (int i = 0; i < ROUNDS; i++) {
        while (token != me)
            ;
        token = (me + 1) % THREADS;
    }
    return NULL;
}

int
main(void)
{
    thread_t thread[THREADS];
    struct thread_preemption p;
    setenv("UTHREADS_TICK", "cpu", 1);
    lab_begin();
    lab_say(0, "preempt: %d", thread_preempt(QUANTUM));
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, spin, (void *)i);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "token at %d", token);
    thread_preemption(&p);
    lab_say(0, "no fewer switches than it takes: %d",
            p.served >= THREADS * ROUNDS / 2 && p.served <= p.ticks);
    lab_end();
}
