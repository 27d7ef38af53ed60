/* SPDX-License-Identifier: MIT */
/*
 * ab-ba-cured.c - everybody takes the left one first: where locks have an
 * order, no circle of waiting can close.
 */
#include "demo.h"
#include "sync.h"

static struct mutex left, right;
static int meals;

static void *
take_both(void *arg)
{
    mutex_lock(&left);
    thread_checkpoint();
    mutex_lock(&right);
    meals++;
    mutex_unlock(&right);
    mutex_unlock(&left);
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_name_object(&left, "left fork");
    thread_name_object(&right, "right fork");
    thread_t plato = demo_thread(d, "plato", take_both, NULL);
    thread_t kant = demo_thread(d, "kant", take_both, NULL);
    thread_join(plato, NULL);
    thread_join(kant, NULL);
    demo_measure(d, "meals", meals, "meals");
    demo_found(d, "both got their two locks, and %d meals were eaten", meals);
    demo_judge(d, meals == 2,
               "whoever has the first lock finds the second free or soon free");
}

static const struct demo demo = {
    .name = "ab-ba-cured",
    .claim = "Locks that everybody takes in one order close no circle.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
