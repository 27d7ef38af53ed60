/* SPDX-License-Identifier: MIT */
/*
 * philosophers-deadlock.c - five philosophers, and each takes the left fork
 * first.
 *
 * When all have one, each waits for the fork that the next one holds: a
 * circle. All four conditions of a deadlock hold (Coffman, Elphick and
 * Shoshani, 1971): a fork is one person's; who has one waits for another; none
 * is taken away; and the waiting goes round. Whether it comes to that is a
 * matter of luck, of which the dinner here leaves none: nobody reaches for the
 * second fork before everybody has the first. In the end they lose patience
 * and put it back, so that there is an end.
 */
#include "circle.h"
#include "demo.h"
#include "sync.h"

#include <errno.h>
#include <stdatomic.h>

enum { SEATS = 5, PATIENCE_MS = 200 };

struct table {
    struct mutex forks[SEATS];
    struct barrier all_have_one;
    struct event enough; /* main has seen what there is to see */
    atomic_int gave_up, ate;
};

static struct table *table;

static void *
philosopher(void *number)
{
    int left = (int)(intptr_t)number, right = (left + 1) % SEATS;
    mutex_lock(&table->forks[left]);
    barrier_wait(&table->all_have_one);
    uint64_t deadline = thread_now() + PATIENCE_MS * 1000000ull;
    while (mutex_lock_until(&table->forks[right], deadline) == ETIMEDOUT) {
        if (event_is_set(&table->enough)) {
            table->gave_up++;
            mutex_unlock(&table->forks[left]);
            return NULL;
        }
        deadline = thread_now() + PATIENCE_MS * 1000000ull;
    }
    table->ate++;
    mutex_unlock(&table->forks[right]);
    mutex_unlock(&table->forks[left]);
    return NULL;
}

static void
run(struct demo_run *d)
{
    static const char *const names[SEATS] = {"Plato", "Hypatia", "Zeno",
                                             "Thales", "Kant"};
    thread_t thread[SEATS];
    table = demo_shared(d, sizeof *table);
    barrier_init(&table->all_have_one, SEATS);
    demo_predict(d, "%d threads wait in a circle", SEATS);
    for (intptr_t i = 0; i < SEATS; i++)
        thread[i] = demo_thread(d, names[i], philosopher, (void *)i);
    int circle = circle_await(SEATS, thread_now() + 10000000000u);
    int ate = table->ate;
    event_set(&table->enough);
    for (int i = 0; i < SEATS; i++)
        demo_join(thread[i]);
    demo_measure(d, "in_a_circle", circle, "threads");
    demo_measure(d, "ate_before", ate, "philosophers");
    demo_measure(d, "gave_up", table->gave_up, "philosophers");
    demo_found(d,
               "%d threads waited in a circle, %d had eaten, and then %d "
               "gave up so that the others could",
               circle, ate, table->gave_up);
    demo_judge(d, circle == SEATS && ate == 0 && table->gave_up >= 1,
               "each held what the one before needed");
}

static const struct demo demo = {
    .name = "philosophers-deadlock",
    .claim = "If each holds one lock and waits for the next one's, all wait "
             "for ever.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
