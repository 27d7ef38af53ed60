/* SPDX-License-Identifier: MIT */
/* errors.c - the three kinds of mutex, and what cannot be done. */
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static struct mutex normal = MUTEX_INITIALIZER;
static struct mutex recursive = MUTEX_RECURSIVE_INITIALIZER;
static struct mutex checking = MUTEX_ERRORCHECK_INITIALIZER;
static struct cond cond = COND_INITIALIZER;

static void
say(const char *what, int error)
{
    lab_say(0, "%s: %s", what, error ? strerrorname_np(error) : "0");
}

static void *
stranger(void *mutex)
{
    say("a stranger tries", mutex_trylock(mutex));
    say("a stranger unlocks", mutex_unlock(mutex));
    return NULL;
}

static void
ask_a_stranger(struct mutex *mutex)
{
    thread_t thread;
    thread_create(&thread, NULL, stranger, mutex);
    thread_join(thread, NULL);
}

static void
one_kind(struct mutex *mutex, bool again, int depth)
{
    say("unlock what is free", mutex_unlock(mutex));
    say("lock", mutex_lock(mutex));
    say("try again", mutex_trylock(mutex));
    if (again)
        say("lock again", mutex_lock(mutex));
    for (int i = 0; i < depth; i++) {
        ask_a_stranger(mutex);
        say("unlock", mutex_unlock(mutex));
    }
    say("destroy", mutex_destroy(mutex));
    say("unlock once too often", mutex_unlock(mutex));
}

int
main(void)
{
    lab_begin();
    one_kind(&normal, false, 1);
    int depth = 1 + (int)lab_random(20);
    for (int i = 0; i < depth; i++)
        say("deeper", mutex_lock(&recursive));
    for (int i = 0; i < depth; i++)
        say("back", mutex_unlock(&recursive));
    one_kind(&recursive, true, 3);
    one_kind(&checking, true, 1);
    say("wait without the mutex", cond_wait(&cond, &normal));
    mutex_lock(&recursive);
    mutex_lock(&recursive);
    say("wait with it twice", cond_wait(&cond, &recursive));
    say("signal nobody", cond_signal(&cond));
    say("tell nobody", cond_broadcast(&cond));
    lab_end();
}
