/* SPDX-License-Identifier: MIT */
/*
 * cond.c - a signal that is sent after the mutex was released is not lost.
 *
 * Two threads take turns, and each signals when it is the other's turn: one
 * lost wake-up, and both wait for ever. Then all wait for one broadcast.
 */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

enum { PLAYERS = 2, CROWD = 5 };

static struct mutex mutex;
static struct cond changed;
static int turn, turns, waiting, gone;
static bool go;

static void *
player(void *me)
{
    mutex_lock(&mutex);
    while (turn < turns) {
        if (turn % PLAYERS != (int)(intptr_t)me) {
            cond_wait(&changed, &mutex);
            continue;
        }
        turn++;
        cond_signal(&changed);
    }
    mutex_unlock(&mutex);
    return NULL;
}

static void *
waiter(void *arg)
{
    mutex_lock(&mutex);
    waiting++;
    while (!go)
        cond_wait(&changed, &mutex);
    gone++;
    mutex_unlock(&mutex);
    return arg;
}

static bool
all_wait(void *threads)
{
    thread_t *thread = threads;
    struct thread_info info;
    for (int i = 0; i < CROWD; i++)
        if (thread_info(thread[i], &info) != 0 || info.wait != THREAD_WAIT_COND)
            return false;
    return true;
}

int
main(void)
{
    thread_t thread[CROWD];
    lab_begin();
    turns = 300 + (int)lab_random(300);
    lab_jostle(true);
    for (int i = 0; i < PLAYERS; i++)
        thread_create(&thread[i], NULL, player, (void *)(intptr_t)i);
    for (int i = 0; i < PLAYERS; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "turns %d", turn);

    for (int i = 0; i < CROWD; i++)
        thread_create(&thread[i], NULL, waiter, NULL);
    bool blocked = lab_await(all_wait, thread);
    mutex_lock(&mutex);
    lab_say(0, "%d wait%s", waiting, blocked ? "" : ", and do not say so");
    go = true;
    cond_broadcast(&changed);
    mutex_unlock(&mutex);
    for (int i = 0; i < CROWD; i++)
        thread_join(thread[i], NULL);
    lab_say(0, "%d have gone", gone);
    lab_end();
}
