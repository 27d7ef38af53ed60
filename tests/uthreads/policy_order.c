/* SPDX-License-Identifier: MIT */
/* policy_order.c - the policies that go by a fixed order: first in first out,
 * round robin, priority, and random, which has none. */
#include "turns.h"

static void
all_ready(struct bench *b, const struct policy *policy)
{
    bench_init(b, policy, 1);
    for (int i = 0; i < BENCH_THREADS; i++)
        make_ready(b, i, READY_NEW);
}

Test(policy_order, round_robin_is_first_in_first_out, .timeout = 10)
{
    static struct bench b;
    all_ready(&b, &policy_rr);
    for (int turn = 0; turn < 3 * BENCH_THREADS + 5; turn++)
        cr_assert_eq(take_turn(&b), turn % BENCH_THREADS);
}

Test(policy_order, round_robin_sends_the_preempted_to_the_back, .timeout = 10)
{
    static struct bench b;
    all_ready(&b, &policy_rr);
    for (int turn = 0; turn < 2 * BENCH_THREADS; turn++) {
        cr_assert_eq(next_turn(&b), turn % BENCH_THREADS);
        make_ready(&b, turn % BENCH_THREADS, READY_PREEMPTED);
    }
}

Test(policy_order, fifo_lets_the_preempted_go_on, .timeout = 10)
{
    static struct bench b;
    all_ready(&b, &policy_fifo);
    for (int turn = 0; turn < 10; turn++) {
        cr_assert_eq(next_turn(&b), 0);
        make_ready(&b, 0, READY_PREEMPTED);
    }
    for (int turn = 0; turn < 2 * BENCH_THREADS; turn++)
        cr_assert_eq(take_turn(&b), turn % BENCH_THREADS,
                     "but who yields goes to the back");
}

/* Threads come and go; the model finds the first among the highest by looking
 * at all of them. */
Test(policy_order, priority_is_strict_and_fair_among_equals, .timeout = 10)
{
    static struct bench b;
    uint64_t arrived[BENCH_THREADS] = {0}; /* 0: not ready */
    struct random r = {7};
    bench_init(&b, &policy_priority, 1);
    for (uint64_t now = 1; now < 50000; now++) {
        int i = (int)random_below(&r, BENCH_THREADS);
        if (!arrived[i]) {
            b.threads[i].priority = (int)random_below(&r, 5);
            make_ready(&b, i, READY_WOKEN);
            arrived[i] = now;
            continue;
        }
        int first = i;
        for (int j = 0; j < BENCH_THREADS; j++) {
            int more = b.threads[j].priority - b.threads[first].priority;
            if (arrived[j] &&
                (more > 0 || (more == 0 && arrived[j] < arrived[first])))
                first = j;
        }
        cr_assert_eq(next_turn(&b), first);
        arrived[first] = 0;
    }
}

Test(policy_order, a_ready_thread_moves_with_its_priority, .timeout = 10)
{
    static struct bench b;
    all_ready(&b, &policy_priority);
    policy_priority.remove(&b.ready, &b.threads[9]);
    b.threads[9].priority = THREAD_PRIORITY_MAX;
    make_ready(&b, 9, READY_MOVED);
    cr_assert_eq(next_turn(&b), 9);
    cr_assert_eq(next_turn(&b), 0);
}

/* n turns among k: each count is binomial with variance n/k (1 - 1/k). Six
 * standard deviations, at a fixed seed: it holds or does not, every time. */
Test(policy_order, random_prefers_nobody, .timeout = 10)
{
    enum { TURNS = 160000, EACH = TURNS / BENCH_THREADS };
    static struct bench b;
    int count[BENCH_THREADS] = {0};
    int after[2] = {0}; /* who was last runs again; somebody else does */
    int last = NOBODY;
    all_ready(&b, &policy_random);
    for (int turn = 0; turn < TURNS; turn++) {
        int i = take_turn(&b);
        count[i]++;
        after[i != last]++;
        last = i;
    }
    for (int i = 0; i < BENCH_THREADS; i++)
        cr_assert(abs(count[i] - EACH) < 6 * 97, "%d: %d", i, count[i]);
    cr_assert(abs(after[0] - EACH) < 6 * 97, "a turn does not depend on the "
                                             "last one");
}
