/* SPDX-License-Identifier: MIT */
/*
 * ab-ba.c - two threads take the same two locks in opposite orders, and each
 * waits for the one that the other holds.
 */
#include "demo.h"
#include "sync.h"

static struct mutex left, right;
static int meals;

static void *
take_both(void *left_first)
{
    struct mutex *first = left_first ? &left : &right;
    struct mutex *second = left_first ? &right : &left;
    mutex_lock(first);
    thread_checkpoint();
    mutex_lock(second);
    meals++;
    mutex_unlock(second);
    mutex_unlock(first);
    return NULL;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_name_object(&left, "left fork");
    thread_name_object(&right, "right fork");
    thread_t plato = demo_thread(d, "plato", take_both, &left);
    thread_t kant = demo_thread(d, "kant", take_both, NULL);
    thread_join(plato, NULL);
    thread_join(kant, NULL);
    demo_measure(d, "meals", meals, "meals");
    demo_found(d, "both got their two locks, and %d meals were eaten", meals);
    demo_judge(d, meals == 2,
               "the one had both before the other took its first");
}

static const struct demo demo = {
    .name = "ab-ba",
    .claim =
        "Two locks taken in opposite orders can stop two threads for ever.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
