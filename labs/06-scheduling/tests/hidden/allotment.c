/* SPDX-License-Identifier: MIT */
/* allotment.c - two wake each other and block after each turn: that does not
 * save them from sinking. */
#include "sync.h"
#include "turns.h"

enum { THREADS = 4, PLAYERS = 2 };

static struct semaphore ball[PLAYERS];
static int turns[THREADS];

static void *
player(void *number)
{
    int me = (int)(intptr_t)number;
    for (int i = 0; i < turns[me]; i++) {
        semaphore_post(&ball[1 - me]);
        semaphore_wait(&ball[me]);
        lab_say(me + 1, "turn");
    }
    semaphore_post(&ball[1 - me]);
    return NULL;
}

static void *
computer(void *number)
{
    int me = (int)(intptr_t)number;
    for (int i = 0; i < turns[me]; i++) {
        lab_say(me + 1, "turn");
        thread_yield();
    }
    return NULL;
}

int
main(void)
{
    thread_t thread[THREADS];
    lab_begin_with("mlfq");
    turns[0] = turns[1] = 20 + (int)lab_random(40);
    for (int i = PLAYERS; i < THREADS; i++)
        turns[i] = 20 + (int)lab_random(40);
    for (intptr_t i = 0; i < THREADS; i++)
        thread[i] = lab_create(0, i < PLAYERS ? player : computer, (void *)i);
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}
