/* SPDX-License-Identifier: MIT */
/* policy_shares.c - lottery and stride: turns in proportion to tickets, on
 * average and at once. */
#include "turns.h"

#include <math.h>
#include <string.h>

#define HOLDERS 5
static const int tickets[HOLDERS] = {1, 2, 3, 10, 64};
#define ALL 80

/* Their strides are whole numbers, so that equal passes are equal. */
static const int powers[HOLDERS] = {1, 2, 4, 8, 64};

static void
share_out(struct bench *b, const struct policy *policy, uint64_t seed,
          const int held[])
{
    bench_init(b, policy, seed);
    for (int i = 0; i < HOLDERS; i++) {
        b->threads[i].priority = held[i] - 1;
        make_ready(b, i, READY_NEW);
    }
}

/* The count is binomial: n p (1 - p). Six standard deviations; the seeds are
 * fixed, so it holds or does not, every time. */
Test(lottery, turns_are_in_proportion_to_tickets, .timeout = 10)
{
    enum { TURNS = 100000 };
    static struct bench b;
    for (uint64_t seed = 0; seed < 10; seed++) {
        int count[HOLDERS] = {0};
        share_out(&b, &policy_lottery, seed, tickets);
        for (int turn = 0; turn < TURNS; turn++)
            count[take_turn(&b)]++;
        for (int i = 0; i < HOLDERS; i++) {
            double p = tickets[i] / (double)ALL;
            double off = count[i] - TURNS * p;
            cr_assert_lt(off * off, 36 * TURNS * p * (1 - p),
                         "seed %lu, %d tickets: %d turns", seed, tickets[i],
                         count[i]);
        }
    }
}

/* A drum with one slip of paper a ticket, in the order of the line. */
static int
draw_from_drum(const int line[], struct random *r)
{
    int drum[ALL], slips = 0;
    for (int i = 0; i < HOLDERS; i++)
        for (int slip = 0; slip < tickets[line[i]]; slip++)
            drum[slips++] = i;
    return drum[random_below(r, (uint64_t)slips)];
}

Test(lottery, each_draw_is_that_of_a_drum_of_slips, .timeout = 10)
{
    static struct bench b;
    int line[HOLDERS] = {0, 1, 2, 3, 4};
    struct random r = {99};
    share_out(&b, &policy_lottery, 99, tickets);
    for (int turn = 0; turn < 10000; turn++) {
        int place = draw_from_drum(line, &r), winner = line[place];
        cr_assert_eq(take_turn(&b), winner, "turn %d", turn);
        memmove(&line[place], &line[place + 1],
                (size_t)(HOLDERS - 1 - place) * sizeof *line);
        line[HOLDERS - 1] = winner;
    }
}

/* Of the turns of two threads together, each has had its share to within one
 * turn, at every moment. (A stride is rounded down to a whole number: hence
 * the millionth a turn.) */
static void
shares_are_exact(const int count[], int turn)
{
    for (int i = 0; i < HOLDERS; i++)
        for (int j = 0; j < i; j++) {
            double both = count[i] + count[j];
            double due = both * tickets[i] / (tickets[i] + tickets[j]);
            cr_assert_leq(fabs(count[i] - due), 1 + turn * 64e-6,
                          "turn %d: %d of %g", turn, count[i], both);
        }
}

Test(stride, shares_of_any_two_are_exact_to_within_a_turn, .timeout = 10)
{
    static struct bench b;
    int count[HOLDERS] = {0};
    share_out(&b, &policy_stride, 1, tickets);
    for (int turn = 0; turn < 5000; turn++) {
        count[take_turn(&b)]++;
        shares_are_exact(count, turn);
    }
}

/* The simulation needs no pass: the next turn is whose turns by tickets are
 * fewest; among equals, whose last turn (or arrival) is longest ago. */
static int
furthest_behind(const int count[], const int last[])
{
    int first = 0;
    for (int i = 1; i < HOLDERS; i++) {
        int a = count[i] * powers[first], b = count[first] * powers[i];
        if (a < b || (a == b && last[i] < last[first]))
            first = i;
    }
    return first;
}

Test(stride, the_next_is_whoever_is_furthest_behind, .timeout = 10)
{
    static struct bench b;
    int count[HOLDERS] = {0}, last[HOLDERS] = {-5, -4, -3, -2, -1};
    share_out(&b, &policy_stride, 1, powers);
    for (int turn = 0; turn < 1 + 2 + 4 + 8 + 64; turn++) {
        int expected = furthest_behind(count, last);
        cr_assert_eq(take_turn(&b), expected, "turn %d", turn);
        count[expected]++;
        last[expected] = turn;
    }
    for (int i = 0; i < HOLDERS; i++)
        cr_assert_eq(count[i], powers[i]);
}

/* Two equals; one is away for a thousand turns. */
Test(stride, who_was_away_is_owed_nothing, .timeout = 10)
{
    static struct bench b;
    int count[2] = {0};
    bench_init(&b, &policy_stride, 1);
    make_ready(&b, 0, READY_NEW);
    for (int turn = 0; turn < 1000; turn++)
        take_turn(&b);
    make_ready(&b, 1, READY_WOKEN);
    for (int turn = 0; turn < 100; turn++)
        count[take_turn(&b)]++;
    cr_assert(abs(count[0] - count[1]) <= 1, "%d, %d", count[0], count[1]);
}
