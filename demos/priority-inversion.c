/* SPDX-License-Identifier: MIT */
/*
 * priority-inversion.c - the urgent one waits for the unimportant one.
 *
 * A thread of low priority holds a lock; one of high priority waits for it; and
 * one of middle priority, which has nothing to do with the lock, keeps the low
 * one from the CPU, and with it the high one. So a spacecraft on Mars reset
 * itself again and again (Reeves, "What really happened on Mars?", 1997). The
 * cure: whoever holds a lock inherits the priority of whoever waits for it
 * (Sha, Rajkumar and Lehoczky, 1990).
 *
 * Both are shown: a mutex has a holder, who can inherit; a semaphore, used as
 * a lock, has none.
 */
#include "demo.h"
#include "sync.h"

#include <stdlib.h>
#include <string.h>

enum { HELD = 20, STEPS = 2000 };
enum { LOW = 1, MIDDLE = 20, HIGH = 40 };

static struct scene {
    bool inherits; /* the lock is the mutex */
    struct mutex mutex;
    struct semaphore semaphore;
    struct semaphore go_middle, go_high;
    int steps; /* of the middle one */
    int while_waiting;
    int wanted;
} scene;

static void
lock(void)
{
    if (scene.inherits)
        mutex_lock(&scene.mutex);
    else
        semaphore_wait(&scene.semaphore);
}

static void
unlock(void)
{
    if (scene.inherits)
        mutex_unlock(&scene.mutex);
    else
        semaphore_post(&scene.semaphore);
}

static void *
low(void *arg)
{
    lock();
    semaphore_post(&scene.go_high);
    semaphore_post(&scene.go_middle);
    for (int i = 0; i < HELD; i++)
        thread_yield();
    unlock();
    return arg;
}

static void *
middle(void *arg)
{
    semaphore_wait(&scene.go_middle);
    for (; scene.steps < scene.wanted; scene.steps++)
        thread_yield();
    return arg;
}

static void *
high(void *arg)
{
    semaphore_wait(&scene.go_high);
    int before = scene.steps;
    lock();
    scene.while_waiting = scene.steps - before;
    unlock();
    return arg;
}

static thread_t
create(const char *name, int priority, void *(*fn)(void *))
{
    thread_t thread;
    struct thread_attr attr = {.name = name, .priority = priority};
    if (thread_create(&thread, &attr, fn, NULL) != 0)
        demo_fail("there is no room for the thread '%s'", name);
    return thread;
}

/* Returns the steps of the middle one for which the high one had to wait. */
static int
play(struct demo_run *d, bool inherits)
{
    scene = (struct scene){.inherits = inherits,
                           .semaphore = SEMAPHORE_INITIALIZER(1),
                           .wanted = (int)(STEPS * d->scale) + 1};
    thread_t thread[] = {create("high", HIGH, high),
                         create("middle", MIDDLE, middle),
                         create("low", LOW, low)};
    for (int i = 0; i < 3; i++)
        demo_join(thread[i]);
    return scene.while_waiting;
}

static void
run(struct demo_run *d)
{
    setenv("UTHREADS_POLICY", "priority", 0); /* before the first call */
    const char *policy = thread_model()->policy;
    if (strcmp(policy, "priority") != 0)
        demo_skip(d,
                  "this is about strict priorities, and the policy here is "
                  "%s.",
                  strcmp(policy, "kernel") ? policy : "the kernel's usual one");
    demo_predict(d, "without inheritance the high one waits for all of the "
                    "middle one's work, with it for none");
    int without = play(d, false), with = play(d, true);
    demo_measure(d, "with_inheritance", with, "steps");
    demo_measure(d, "without_inheritance", without, "steps");
    demo_found(d,
               "the high one waited for %d of %d steps of the middle one "
               "at a semaphore, and for %d at a mutex",
               without, scene.wanted, with);
    demo_judge(d, without == scene.wanted && with == 0,
               "the holder of the mutex ran with the priority of its waiter");
}

static const struct demo demo = {
    .name = "priority-inversion",
    .claim = "Priorities invert at a lock unless its holder inherits the "
             "priority of whoever waits.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
