/* SPDX-License-Identifier: MIT */
/*
 * deadlock.c - two locks, taken in two orders.
 *
 * One thread has A and wants B, the other has B and wants A: neither can go on,
 * and no policy, no CPU and no patience helps. A lock that is tried for a while
 * only (mutex_lock_until) gets out of it, if whoever gives up also gives back.
 * And if both take A first, it cannot happen. Both are shown: the circle, as
 * the library sees it, and the order that has none.
 */
#include "circle.h"
#include "demo.h"
#include "sync.h"

#include <errno.h>
#include <stdatomic.h>

enum { THREADS = 2, ROUNDS = 100, LOOK_MS = 10000 };

static struct scene {
    struct mutex lock[THREADS]; /* A and B */
    struct barrier both_have_one;
    struct event seen; /* main has seen what there is to see */
    atomic_int gave_up, rounds;
} * scene;

/* The own one first, then the other's. */
static void *
crosswise(void *number)
{
    int mine = (int)(intptr_t)number;
    mutex_lock(&scene->lock[mine]);
    barrier_wait(&scene->both_have_one);
    int error;
    do /* a little patience, again and again until it has been seen */
        error = mutex_lock_until(&scene->lock[!mine], thread_now() + 50000000u);
    while (error == ETIMEDOUT && !event_is_set(&scene->seen));
    if (error == ETIMEDOUT)
        scene->gave_up++;
    else
        mutex_unlock(&scene->lock[!mine]);
    mutex_unlock(&scene->lock[mine]);
    return NULL;
}

/* A first, whoever it is. */
static void *
in_order(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&scene->lock[0]);
        thread_yield();
        mutex_lock(&scene->lock[1]);
        scene->rounds++;
        mutex_unlock(&scene->lock[1]);
        mutex_unlock(&scene->lock[0]);
    }
    return arg;
}

static void
start_both(struct demo_run *d, thread_t *thread, void *(*fn)(void *))
{
    thread[0] = demo_thread(d, "ann", fn, (void *)0);
    thread[1] = demo_thread(d, "bob", fn, (void *)1);
}

static void
join_both(const thread_t *thread)
{
    for (int i = 0; i < THREADS; i++)
        demo_join(thread[i]);
}

static void
run(struct demo_run *d)
{
    thread_t thread[THREADS];
    scene = demo_shared(d, sizeof *scene);
    barrier_init(&scene->both_have_one, THREADS);
    demo_predict(d, "crosswise both wait in a circle; in order both get on");

    start_both(d, thread, crosswise);
    int circle = circle_await(THREADS, thread_now() + LOOK_MS * 1000000ull);
    event_set(&scene->seen);
    join_both(thread);

    start_both(d, thread, in_order);
    int ordered = circle_size();
    join_both(thread);
    demo_measure(d, "in_a_circle", circle, "threads");
    demo_measure(d, "gave_up", scene->gave_up, "threads");
    demo_measure(d, "in_a_circle_by_order", ordered, "threads");
    demo_measure(d, "rounds_in_order", scene->rounds, "rounds");
    demo_found(d,
               "crosswise %d threads waited in a circle until %d gave up; in "
               "order they made %d of %d rounds",
               circle, scene->gave_up, scene->rounds, THREADS * ROUNDS);
    demo_judge(d,
               circle == THREADS && scene->gave_up >= 1 && ordered == 0 &&
                   scene->rounds == THREADS * ROUNDS,
               "a circle needs somebody who takes them the other way round");
}

static const struct demo demo = {
    .name = "deadlock",
    .claim = "Two locks taken in two orders are a deadlock; taken in one order "
             "they are none.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
