/* SPDX-License-Identifier: MIT */
/* main-exits.c - when main has left with thread_exit, the process ends with
 * the last thread, and with status 0. Main can be joined like any other. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <stdlib.h>

static thread_t main_thread;
static int count, left;
static struct mutex mutex;
static struct semaphore turn;

/* Whoever calls this is the last there is. */
static void
at_exit(void)
{
    lab_say(0, "exit handler, %d left", left);
    lab_end();
}

/* One after the other: lab_say is for one at a time. */
static void *
worker(void *number)
{
    void *result = NULL;
    if ((intptr_t)number == 0) {
        thread_join(main_thread, &result);
        lab_say(1, "main gave %d", (int)(intptr_t)result);
    } else {
        semaphore_wait(&turn);
        lab_say(2, "number %d", count - left + 1);
    }
    mutex_lock(&mutex);
    left--;
    semaphore_post(&turn);
    mutex_unlock(&mutex);
    return NULL;
}

int
main(void)
{
    lab_begin();
    count = left = 2 + (int)lab_random(6);
    main_thread = thread_self();
    atexit(at_exit);
    lab_jostle(true);
    for (int i = 0; i < count; i++)
        thread_create(NULL, NULL, worker, (void *)(intptr_t)i);
    lab_say(0, "main leaves");
    thread_exit((void *)42);
}
