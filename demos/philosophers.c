/* SPDX-License-Identifier: MIT */
/*
 * philosophers.c - five philosophers, five forks, and a rule.
 *
 * Each needs the forks on both sides to eat (Dijkstra, EWD 310, 1971). If
 * each takes the left one first, all may come to hold one and wait for the
 * next (philosophers-deadlock.c). Here all forks are numbered, and everybody
 * takes the lower number first: one of the five then begins at the other
 * side, and a circle in which each waits for the next cannot close. It is the
 * general cure: an order on all locks (Havender, 1968).
 */
#include "circle.h"
#include "demo.h"
#include "sync.h"

#include <stdatomic.h>

enum { SEATS = 5, MEALS = 200 };

struct table {
    struct mutex forks[SEATS];
    atomic_int in_use[SEATS]; /* how many hold this fork: must not pass 1 */
    atomic_int eaten[SEATS];
    atomic_int eating, most_eating, shared_forks;
    int meals;
};

static struct table *table;

static void
take(int fork)
{
    mutex_lock(&table->forks[fork]);
    if (++table->in_use[fork] > 1)
        table->shared_forks++;
}

static void
put_back(int fork)
{
    table->in_use[fork]--;
    mutex_unlock(&table->forks[fork]);
}

static void
eat(int seat)
{
    int now = ++table->eating;
    if (now > table->most_eating)
        table->most_eating = now;
    table->eaten[seat]++;
    thread_yield(); /* with both forks in hand: let others try to take them */
    table->eating--;
}

static void *
philosopher(void *number)
{
    int seat = (int)(intptr_t)number, left = seat, right = (seat + 1) % SEATS;
    int first = left < right ? left : right, second = left + right - first;
    for (int i = 0; i < table->meals; i++) {
        take(first);
        thread_yield(); /* the dangerous moment: one fork in hand */
        take(second);
        eat(seat);
        put_back(second);
        put_back(first);
    }
    return NULL;
}

static void
run(struct demo_run *d)
{
    static const char *const names[SEATS] = {"Plato", "Hypatia", "Zeno",
                                             "Thales", "Kant"};
    thread_t thread[SEATS];
    table = demo_shared(d, sizeof *table);
    table->meals = (int)(MEALS * d->scale) + 1;
    demo_predict(d, "all eat %d times, and no fork is in two hands",
                 table->meals);
    for (intptr_t i = 0; i < SEATS; i++)
        thread[i] = demo_thread(d, names[i], philosopher, (void *)i);
    int meals = 0, circle = 0;
    for (int i = 0; i < SEATS; i++) {
        circle = circle ? circle : circle_size();
        demo_join(thread[i]);
        meals += table->eaten[i];
    }
    demo_measure(d, "meals", meals, "meals");
    demo_measure(d, "most_eating_at_once", table->most_eating, "philosophers");
    demo_measure(d, "forks_in_two_hands", table->shared_forks, "times");
    demo_found(d,
               "%d meals were eaten, at most %d at once, %d times with a "
               "fork that somebody else held",
               meals, table->most_eating, table->shared_forks);
    demo_judge(d,
               meals == SEATS * table->meals && !table->shared_forks &&
                   !circle && table->most_eating <= SEATS / 2,
               "whoever takes the lower fork first never closes the circle");
}

static const struct demo demo = {
    .name = "philosophers",
    .claim = "If all locks have an order and everybody keeps to it, there is "
             "no deadlock.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
