/* SPDX-License-Identifier: MIT */
/* deadlines.c - a wait that ends too late has taken nothing, and says so. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static struct mutex mutex;
static struct cond never;
static struct semaphore empty;
static int error[2];

static void
say_error(const char *what, int number)
{
    lab_say(0, "%s: %s", what, number ? strerrorname_np(number) : "0");
}

static uint64_t
soon(void)
{
    return thread_now() + 1000000;
}

static void *
come_too_late(void *arg)
{
    error[0] = mutex_lock_until(&mutex, soon());
    error[1] = mutex_unlock(&mutex);
    return arg;
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    int times = 2 + (int)lab_random(5);
    lab_jostle(true);
    for (int i = 0; i < times; i++) {
        mutex_lock(&mutex);
        thread_create(&thread, NULL, come_too_late, NULL);
        thread_join(thread, NULL);
        say_error("mutex", error[0]);
        say_error("it is not his", error[1]);
        uint64_t deadline = soon();
        say_error("cond", cond_wait_until(&never, &mutex, deadline));
        lab_say(0, "%s", thread_now() < deadline ? "early" : "in time");
        say_error("it is mine again", mutex_unlock(&mutex));
        say_error("semaphore", semaphore_wait_until(&empty, soon()));
        semaphore_post(&empty);
        say_error("what is there", semaphore_wait_until(&empty, 0));
        say_error("nobody waits", cond_destroy(&never));
    }
    lab_end();
}
