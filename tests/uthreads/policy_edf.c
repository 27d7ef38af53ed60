/* SPDX-License-Identifier: MIT */
/*
 * policy_edf.c - earliest deadline first, beside what Liu and Layland proved:
 * periodic jobs that are due when the next one comes meet every deadline if,
 * and only if, together they need no more than the whole CPU.
 */
#include "turns.h"

/* A task needs so many turns in every period. */
struct task {
    int turns, period;
    int left; /* of the job that is under way */
};

#define HYPERPERIOD 840 /* all periods divide it */

/* At the start of a period the last job must be done, and the next one comes.
 * How many were not? */
static int
release(struct bench *b, struct task tasks[], int n, int now)
{
    int missed = 0;
    for (int i = 0; i < n; i++) {
        if (now % tasks[i].period != 0)
            continue;
        if (tasks[i].left > 0) {
            missed++; /* it is given up */
            b->policy->remove(&b->ready, &b->threads[i]);
        }
        tasks[i].left = tasks[i].turns;
        b->threads[i].due = (uint64_t)(now + tasks[i].period);
        make_ready(b, i, READY_WOKEN);
    }
    return missed;
}

/* Run tasks for a hyperperiod: how many deadlines were missed? */
static int
run_tasks(const struct policy *policy, struct task tasks[], int n)
{
    static struct bench b;
    int missed = 0;
    bench_init(&b, policy, 1);
    for (int i = 0; i < n; i++) /* the shorter the period, the higher */
        b.threads[i].priority = 60 - tasks[i].period / 2;
    for (int now = 0; now <= HYPERPERIOD; now++) {
        missed += release(&b, tasks, n, now);
        int i = next_turn(&b);
        if (i != NOBODY && --tasks[i].left > 0)
            make_ready(&b, i, READY_PREEMPTED);
    }
    return missed;
}

static int
invent_tasks(struct task tasks[], struct random *r)
{
    static const int periods[] = {4, 5, 6, 7, 8, 10, 12, 14, 15, 20};
    int n = 2 + (int)random_below(r, 4);
    for (int i = 0; i < n; i++) {
        int period = periods[random_below(r, 10)];
        int most = period * 3 / (2 * n);
        int turns = 1 + (int)random_below(r, (uint64_t)most + 1);
        tasks[i] = (struct task){turns < period ? turns : period, period, 0};
    }
    return n;
}

/* In turns of a hyperperiod, so that nothing is rounded. */
static bool
is_feasible(const struct task tasks[], int n)
{
    int needed = 0;
    for (int i = 0; i < n; i++)
        needed += tasks[i].turns * (HYPERPERIOD / tasks[i].period);
    return needed <= HYPERPERIOD;
}

Test(edf, meets_all_deadlines_just_if_that_can_be, .timeout = 10)
{
    struct random r = {3};
    int feasible = 0;
    enum { SETS = 1000 };
    for (int set = 0; set < SETS; set++) {
        struct task tasks[BENCH_THREADS];
        int n = invent_tasks(tasks, &r);
        bool can_be = is_feasible(tasks, n);
        feasible += can_be;
        int missed = run_tasks(&policy_edf, tasks, n);
        cr_assert_eq(missed == 0, can_be, "set %d: %d missed", set, missed);
    }
    cr_assert(feasible > SETS / 4 && feasible < SETS * 3 / 4, "%d", feasible);
}

/* 2 turns in 5 and 4 in 7 are 97 % of the CPU. */
Test(edf, succeeds_where_fixed_priorities_fail, .timeout = 10)
{
    struct task first[] = {{2, 5, 0}, {4, 7, 0}};
    struct task second[] = {{2, 5, 0}, {4, 7, 0}};
    cr_assert_gt(run_tasks(&policy_priority, first, 2), 0);
    cr_assert_eq(run_tasks(&policy_edf, second, 2), 0);
}

Test(edf, who_has_no_deadline_comes_last_in_order_of_arrival, .timeout = 10)
{
    static struct bench b;
    bench_init(&b, &policy_edf, 1);
    for (int i = 0; i < 4; i++)
        make_ready(&b, i, READY_NEW);
    b.threads[4].due = UINT64_MAX - 1;
    make_ready(&b, 4, READY_NEW);
    cr_assert_eq(next_turn(&b), 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(next_turn(&b), i);
}
