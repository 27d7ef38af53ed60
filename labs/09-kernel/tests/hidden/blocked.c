/* SPDX-License-Identifier: MIT */
/* blocked.c - whoever waits says for what, and uses no CPU. */
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include "jostle.h"

enum { KINDS = 4, LOOKS = 5 };

static struct mutex held, other;
static struct cond never;
static struct semaphore empty;
static thread_t waiter[KINDS];
static bool go;

static void *
wait_for_mutex(void *arg)
{
    mutex_lock(&held);
    mutex_unlock(&held);
    return arg;
}

static void *
wait_for_signal(void *arg)
{
    mutex_lock(&other);
    while (!go)
        cond_wait(&never, &other);
    mutex_unlock(&other);
    return arg;
}

static void *
wait_for_post(void *arg)
{
    semaphore_wait(&empty);
    return arg;
}

static void *
wait_for_end(void *arg)
{
    thread_join(waiter[0], NULL);
    return arg;
}

/* Does the thread stand still, look after look? */
static bool
sleeps(void *thread)
{
    struct thread_info before, now;
    thread_info(*(thread_t *)thread, &before);
    for (int i = 0; i < LOOKS; i++) {
        thread_sleep(10000000);
        thread_info(*(thread_t *)thread, &now);
        if (now.state != THREAD_BLOCKED || now.switches != before.switches ||
            now.run_ns != before.run_ns)
            return false;
    }
    return true;
}

/* Until it does: it may still be on its way. */
static bool
stands_still(thread_t thread)
{
    for (int i = 0; i < 40; i++)
        if (sleeps(&thread))
            return true;
    return false;
}

static void
look(thread_t thread)
{
    struct thread_info info = {0};
    bool still = stands_still(thread);
    thread_info(thread, &info);
    lab_say(0, "waits for %s%s, %s", thread_wait_name(info.wait),
            info.wait == THREAD_WAIT_MUTEX && info.wait_thread != thread_self()
                ? " of nobody"
                : "",
            still ? "asleep" : "awake");
}

int
main(void)
{
    void *(*const kind[KINDS])(void *) = {wait_for_mutex, wait_for_signal,
                                          wait_for_post, wait_for_end};
    lab_begin();
    mutex_lock(&held);
    for (int i = 0; i < KINDS; i++)
        thread_create(&waiter[i], NULL, kind[i], NULL);
    int first = (int)lab_random(KINDS);
    for (int i = 0; i < KINDS; i++)
        look(waiter[(first + i) % KINDS]);
    mutex_lock(&other);
    go = true;
    cond_signal(&never);
    mutex_unlock(&other);
    mutex_unlock(&held);
    semaphore_post(&empty);
    for (int i = KINDS; i-- > 1;)
        thread_join(waiter[i], NULL);
    lab_say(0, "threads %zu", thread_list(NULL, 0));
    lab_end();
}
