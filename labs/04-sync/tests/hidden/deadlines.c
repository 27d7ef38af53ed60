/* SPDX-License-Identifier: MIT */
/* deadlines.c - a wait that is too late says so, has taken nothing, and stands
 * in no line any more; a condition variable gives the mutex back all the same.
 * The deadlines have passed already, so no time is waited for. */
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static struct mutex mutex;
static struct cond cond;
static struct semaphore semaphore;

static void
say(int lane, const char *what, int error)
{
    lab_say(lane, "%s: %s", what, error ? strerrorname_np(error) : "0");
}

static void *
worker(void *arg)
{
    say(1, "mutex", mutex_lock_until(&mutex, 1));
    say(1, "semaphore", semaphore_wait_until(&semaphore, 1));
    return arg;
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    int rounds = 1 + (int)lab_random(5);
    for (int i = 0; i < rounds; i++) {
        say(0, "lock", mutex_lock(&mutex));
        thread_create(&thread, NULL, worker, NULL);
        thread_join(thread, NULL);
        say(0, "cond", cond_wait_until(&cond, &mutex, 1));
        say(0, "unlock", mutex_unlock(&mutex));
        say(0, "it is free", mutex_trylock(&mutex));
        say(0, "unlock", mutex_unlock(&mutex));
        say(0, "post", semaphore_post(&semaphore));
        lab_say(0, "value %u", semaphore_value(&semaphore));
        say(0, "take it", semaphore_trywait(&semaphore));
        say(0, "and no more", semaphore_trywait(&semaphore));
    }
    lab_end();
}
