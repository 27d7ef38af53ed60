/* SPDX-License-Identifier: MIT */
/* feedback.c - who has computed less is at a higher level, and comes first. */
#include "turns.h"

enum { THREADS = 6 };

static int turns[THREADS];
static thread_t thread[THREADS];

static void *worker(void *number);

static void
create(intptr_t number)
{
    lab_say((int)number + 1, "is new");
    thread[number] = lab_create(0, worker, (void *)number);
}

/* Each but the last creates the next one, somewhere on its way. */
static void *
worker(void *number)
{
    intptr_t me = (intptr_t)number;
    for (int i = 0; i < turns[me]; i++) {
        lab_say((int)me + 1, "turn");
        if (i == turns[me] / 2 && me < THREADS - 1)
            create(me + 1);
        thread_yield();
    }
    lab_say((int)me + 1, "ends");
    return NULL;
}

int
main(void)
{
    lab_begin_with("mlfq");
    for (int i = 0; i < THREADS; i++)
        turns[i] = 10 + (int)lab_random(60);
    create(0);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
