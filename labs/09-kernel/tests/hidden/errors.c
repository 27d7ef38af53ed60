/* SPDX-License-Identifier: MIT */
/* errors.c - what cannot be done is refused by its name, and changes nothing.
 */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static thread_t first, second;
static struct semaphore gate, told;
static struct mutex mutex;
static int circle;

static void
say_error(const char *what, int error)
{
    lab_say(0, "%s: %s", what, error ? strerrorname_np(error) : "0");
}

static void *
wait_at_gate(void *arg)
{
    semaphore_wait(&gate);
    return arg;
}

static void *
join_second(void *arg)
{
    thread_join(second, NULL);
    return arg;
}

static bool
joins(void *thread)
{
    struct thread_info info;
    return thread_info(*(thread_t *)thread, &info) == 0 &&
           info.wait == THREAD_WAIT_JOIN;
}

/* The other half of a circle, once the first half is there. */
static void *
join_first(void *arg)
{
    semaphore_wait(&gate);
    circle = thread_join(first, NULL);
    semaphore_post(&told);
    semaphore_wait(&gate);
    return arg;
}

static void
errors_of_create(void)
{
    struct thread_attr tiny = {.stack_size = 1};
    struct thread_attr urgent = {.priority = THREAD_PRIORITY_MAX + 1};
    thread_t t;
    say_error("no function", thread_create(&t, NULL, NULL, NULL));
    say_error("a tiny stack", thread_create(&t, &tiny, wait_at_gate, NULL));
    say_error("no such priority",
              thread_create(&t, &urgent, wait_at_gate, NULL));
    lab_refuse_pthread();
    say_error("no kernel thread", thread_create(&t, NULL, wait_at_gate, NULL));
    lab_say(0, "threads %zu", thread_list(NULL, 0));
}

static bool
alone(void *arg)
{
    (void)arg;
    return thread_list(NULL, 0) == 1;
}

static void
errors_of_join(void)
{
    struct thread_attr detached = {.detached = true};
    thread_t t, d;
    say_error("nobody", thread_join(123456789, NULL));
    say_error("oneself", thread_join(thread_self(), NULL));
    thread_create(&t, NULL, wait_at_gate, NULL);
    semaphore_post(&gate);
    say_error("once", thread_join(t, NULL));
    say_error("twice", thread_join(t, NULL));
    thread_create(&d, &detached, wait_at_gate, NULL);
    say_error("detached", thread_join(d, NULL));
    say_error("detached again", thread_detach(d));
    semaphore_post(&gate);
    lab_await(alone, NULL); /* or it takes what is posted for another */
    say_error("nobody to detach", thread_detach(123456789));
}

static void
circles(void)
{
    thread_create(&second, NULL, join_first, NULL);
    thread_create(&first, NULL, join_second, NULL);
    if (!lab_await(joins, &first))
        lab_say(0, "nobody joins");
    say_error("joined by another", thread_join(second, NULL));
    say_error("to detach what is joined", thread_detach(second));
    semaphore_post(&gate);
    semaphore_wait(&told);
    say_error("a circle", circle);
    semaphore_post(&gate);
    say_error("the end", thread_join(first, NULL));
}

static void *
stranger(void *arg)
{
    *(int *)arg = mutex_trylock(&mutex);
    ((int *)arg)[1] = mutex_unlock(&mutex);
    return NULL;
}

static void
errors_of_mutex(enum mutex_kind kind, int depth)
{
    int error[2];
    thread_t t;
    mutex_init(&mutex, kind);
    say_error("unlock what is free", mutex_unlock(&mutex));
    say_error("lock", mutex_lock(&mutex));
    say_error("try again", mutex_trylock(&mutex));
    if (kind != MUTEX_NORMAL)
        say_error("lock again", mutex_lock(&mutex));
    for (int i = 0; i < depth; i++) {
        thread_create(&t, NULL, stranger, error);
        thread_join(t, NULL);
        say_error("a stranger tries", error[0]);
        say_error("a stranger unlocks", error[1]);
        say_error("unlock", mutex_unlock(&mutex));
    }
    say_error("unlock once too often", mutex_unlock(&mutex));
    say_error("destroy", mutex_destroy(&mutex));
}

int
main(void)
{
    lab_begin();
    lab_jostle(true);
    errors_of_create();
    errors_of_join();
    circles();
    errors_of_mutex(MUTEX_NORMAL, 1);
    errors_of_mutex(MUTEX_RECURSIVE, 3);
    errors_of_mutex(MUTEX_ERRORCHECK, 1);
    lab_end();
}
