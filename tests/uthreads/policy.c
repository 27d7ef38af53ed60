/* SPDX-License-Identifier: MIT */
/* policy.c - what every policy owes, whichever order it prefers. */
#include "turns.h"

#include <string.h>

Test(policy, nobody_is_picked_if_nobody_is_ready, .timeout = 10)
{
    static struct bench b;
    for (size_t p = 0; p < POLICIES; p++) {
        bench_init(&b, every_policy[p], 1);
        cr_assert_eq(next_turn(&b), NOBODY, "%s", b.policy->name);
        make_ready(&b, 3, READY_NEW);
        cr_assert_eq(next_turn(&b), 3, "%s", b.policy->name);
        cr_assert_eq(next_turn(&b), NOBODY, "%s", b.policy->name);
    }
}

/* The model is a set: it knows who is in, and no order. */
static void
stir(struct bench *b, struct random *r, int steps)
{
    bool in[BENCH_THREADS] = {false}, known[BENCH_THREADS] = {false};
    size_t count = 0;
    while (steps-- > 0) {
        int i = (int)random_below(r, BENCH_THREADS);
        if (!in[i]) {
            enum ready_cause again =
                READY_WOKEN + (int)random_below(r, READY_MOVED - READY_WOKEN);
            make_ready(b, i, known[i] ? again : READY_NEW);
            in[i] = known[i] = true;
            count++;
        } else if (random_below(r, 4) == 0) { /* another key for it */
            b->policy->remove(&b->ready, &b->threads[i]);
            b->threads[i].priority = (int)random_below(r, POLICY_LEVELS);
            b->threads[i].due = random_below(r, 1000);
            make_ready(b, i, READY_MOVED);
        } else {
            int next = next_turn(b);
            cr_assert(next != NOBODY && in[next], "%s", b->policy->name);
            in[next] = false;
            count--;
        }
        cr_assert_eq(b->ready.count, count, "%s", b->policy->name);
    }
}

Test(policy, who_goes_in_comes_out_once, .timeout = 10)
{
    static struct bench b;
    for (size_t p = 0; p < POLICIES; p++) {
        struct random r = {p};
        bench_init(&b, every_policy[p], 1);
        stir(&b, &r, 50000);
    }
}

/* The first turns of ten threads of several priorities and due times. */
static void
play(const struct policy *policy, uint64_t seed, int order[], int turns)
{
    static struct bench b;
    bench_init(&b, policy, seed);
    for (int i = 0; i < 10; i++) {
        b.threads[i].priority = i % 4;
        b.threads[i].due = (uint64_t)(i * 7 % 5);
        make_ready(&b, i, READY_NEW);
    }
    for (int i = 0; i < turns; i++)
        order[i] = take_turn(&b);
}

Test(policy, the_same_seed_gives_the_same_schedule, .timeout = 10)
{
    int first[1000], second[1000];
    for (size_t p = 0; p < POLICIES; p++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            play(every_policy[p], seed, first, 1000);
            play(every_policy[p], seed, second, 1000);
            cr_assert_arr_eq(first, second, sizeof first, "%s, seed %lu",
                             every_policy[p]->name, seed);
        }
}

Test(policy, only_chance_depends_on_the_seed, .timeout = 10)
{
    int first[1000], second[1000];
    for (size_t p = 0; p < POLICIES; p++) {
        const struct policy *policy = every_policy[p];
        bool chance = policy == &policy_lottery || policy == &policy_random;
        play(policy, 1, first, 1000);
        play(policy, 2, second, 1000);
        cr_assert_eq(memcmp(first, second, sizeof first) != 0, chance, "%s",
                     policy->name);
    }
}

/* Of n threads that are always ready and equal, each comes within so many
 * turns: for chance, the odds against it are one to e^(100000 / 16). */
Test(policy, nobody_starves_among_equals, .timeout = 10)
{
    static struct bench b;
    for (size_t p = 0; p < POLICIES; p++) {
        bool seen[BENCH_THREADS] = {false};
        int missing = BENCH_THREADS;
        bench_init(&b, every_policy[p], 1);
        for (int i = 0; i < BENCH_THREADS; i++)
            make_ready(&b, i, READY_NEW);
        for (int turn = 0; turn < 100000 && missing > 0; turn++) {
            int i = take_turn(&b);
            missing -= !seen[i];
            seen[i] = true;
        }
        cr_assert_eq(missing, 0, "%s", b.policy->name);
    }
}
