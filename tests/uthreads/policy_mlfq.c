/* SPDX-License-Identifier: MIT */
/*
 * policy_mlfq.c - the feedback queue, beside a simulation of its five rules
 * that has no queues: it looks at every thread, each time.
 */
#include "turns.h"

#define LEVELS      8
#define BOOST_EVERY 512

/* What a textbook would write down of each thread. */
struct note {
    bool ready;
    int level, used;
    uint64_t arrived;
};

struct notes {
    struct note of[BENCH_THREADS];
    uint64_t now, turns;
};

static bool
comes_before(const struct note *a, const struct note *b)
{
    return a->level != b->level ? a->level < b->level : a->arrived < b->arrived;
}

/* Rules 1 and 2. */
static int
first_of(const struct notes *notes)
{
    int first = NOBODY;
    for (int i = 0; i < BENCH_THREADS; i++)
        if (notes->of[i].ready &&
            (first == NOBODY || comes_before(&notes->of[i], &notes->of[first])))
            first = i;
    return first;
}

/* Rule 4. */
static void
note_ready(struct notes *notes, int i)
{
    struct note *n = &notes->of[i];
    if (n->used >= 2 << n->level && n->level < LEVELS - 1) {
        n->level++;
        n->used = 0;
    }
    n->ready = true;
    n->arrived = ++notes->now;
}

/* Rule 5, for all at once; those who were above stay in front. */
static void
note_boost(struct notes *notes)
{
    struct notes before = *notes;
    int first;
    while ((first = first_of(&before)) != NOBODY) {
        before.of[first].ready = false;
        notes->of[first].arrived = ++notes->now;
    }
    for (int i = 0; i < BENCH_THREADS; i++)
        notes->of[i].level = notes->of[i].used = 0;
}

static int
note_turn(struct notes *notes)
{
    if (first_of(notes) == NOBODY)
        return NOBODY;
    if (++notes->turns % BOOST_EVERY == 0)
        note_boost(notes);
    int first = first_of(notes);
    notes->of[first].ready = false;
    notes->of[first].used++;
    return first;
}

/* A thread is woken, or a new one comes in the place of one that has ended. */
static void
arrive(struct bench *b, struct notes *notes, int i, bool is_new)
{
    if (is_new) {
        b->threads[i] = (struct uthread){.due = UINT64_MAX};
        notes->of[i] = (struct note){.level = 0};
    }
    make_ready(b, i, is_new ? READY_NEW : READY_WOKEN);
    note_ready(notes, i);
}

/* Threads that block often, seldom, or never; some live long. */
Test(mlfq, follows_the_five_rules, .timeout = 10)
{
    static struct bench b;
    struct notes notes = {.now = 0};
    struct random r = {5};
    bench_init(&b, &policy_mlfq, 1);
    for (int step = 0; step < 100000; step++) {
        int i = (int)random_below(&r, BENCH_THREADS);
        if (!notes.of[i].ready && random_below(&r, 4) == 0)
            arrive(&b, &notes, i, random_below(&r, 2) == 0);
        int next = next_turn(&b);
        cr_assert_eq(next, note_turn(&notes), "step %d", step);
        if (next != NOBODY && (int)random_below(&r, 16) < next) {
            make_ready(&b, next, step % 2 ? READY_YIELDED : READY_PREEMPTED);
            note_ready(&notes, next);
        }
    }
    cr_assert_gt(notes.turns, 20 * BOOST_EVERY);
}

Test(mlfq, who_computes_sinks_level_by_level, .timeout = 10)
{
    static struct bench b;
    bench_init(&b, &policy_mlfq, 1);
    make_ready(&b, 0, READY_NEW);
    for (int level = 0; level < LEVELS - 1; level++)
        for (int turn = 0; turn < 2 << level; turn++) {
            cr_assert_eq(b.threads[0].level, level);
            take_turn(&b);
        }
    cr_assert_eq(b.threads[0].level, LEVELS - 1);
}

/* It blocks just before its allotment is over, each time. */
Test(mlfq, the_rules_cannot_be_gamed, .timeout = 10)
{
    static struct bench b;
    bench_init(&b, &policy_mlfq, 1);
    make_ready(&b, 0, READY_NEW);
    for (int turn = 0; turn < 2 + 4; turn++) {
        next_turn(&b);
        make_ready(&b, 0, READY_WOKEN);
    }
    cr_assert_eq(b.threads[0].level, 2);
}

Test(mlfq, who_waits_for_input_runs_before_who_computes, .timeout = 10)
{
    static struct bench b;
    bench_init(&b, &policy_mlfq, 1);
    for (int i = 1; i < BENCH_THREADS; i++)
        make_ready(&b, i, READY_NEW);
    for (int turn = 0; turn < 100; turn++)
        take_turn(&b);
    make_ready(&b, 0, READY_NEW);
    cr_assert_eq(next_turn(&b), 0);
}

/* New threads keep coming, and the top level is never empty: only the boost
 * can help the one that has sunk, and the next one must. */
Test(mlfq, nobody_starves, .timeout = 10)
{
    static struct bench b;
    bench_init(&b, &policy_mlfq, 1);
    make_ready(&b, 0, READY_NEW);
    for (int turn = 0; turn < 100; turn++)
        take_turn(&b);
    make_ready(&b, 1, READY_NEW);
    int turns = 0;
    while (next_turn(&b) != 0) {
        b.threads[1] = (struct uthread){.due = UINT64_MAX};
        make_ready(&b, 1, READY_NEW);
        cr_assert_leq(++turns, BOOST_EVERY);
    }
    cr_assert_gt(turns, 100, "or the test has shown nothing");
}
