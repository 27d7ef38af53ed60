/* SPDX-License-Identifier: MIT */
/*
 * inherit.c - priorities are lent through mutexes, and given back.
 *
 * Main has the lowest priority there is, so whenever it yields, all the others
 * run until each of them waits. Then it looks at what priority they have.
 */
#include "sched.h"
#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FAR_AWAY (3600 * UINT64_C(1000000000))

/* Lock some mutexes in order, wait at a gate, unlock them last to first. */
struct job {
    int priority;
    struct mutex *locks[2];
    uint64_t patience; /* for the last of them, ns; 0: for ever */
    struct semaphore gate;
    thread_t thread;
    int error;    /* of the last lock */
    int after[2]; /* its priority after each unlock */
};

static int
priority_of(thread_t thread)
{
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    return info.priority;
}

static bool
is_blocked(thread_t thread)
{
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    return info.state == THREAD_BLOCKED;
}

static int
my_priority(void)
{
    struct thread_info info = {.priority = -1};
    thread_info(thread_self(), &info);
    return info.priority;
}

static uint64_t
deadline_of(const struct job *job)
{
    return job->patience ? thread_now() + job->patience : THREAD_FOREVER;
}

static void *
do_job(void *arg)
{
    struct job *job = arg;
    struct mutex *first = job->locks[0], *second = job->locks[1];
    uint64_t deadline = deadline_of(job);
    if (second)
        mutex_lock(first);
    job->error = mutex_lock_until(second ? second : first, deadline);
    if (job->error == 0) {
        semaphore_wait(&job->gate);
        mutex_unlock(second ? second : first);
        job->after[0] = my_priority();
    }
    if (second)
        mutex_unlock(first);
    job->after[1] = my_priority();
    return NULL;
}

/* Start it, and let it run until it waits. */
static void
begin(struct job *job)
{
    struct thread_attr attr = {.priority = job->priority};
    cr_assert_eq(thread_create(&job->thread, &attr, do_job, job), 0);
    thread_yield();
}

static void
finish(struct job *job)
{
    semaphore_post(&job->gate);
    cr_assert_eq(thread_join(job->thread, NULL), 0);
}

static void
by_priority(void)
{
    setenv("UTHREADS_POLICY", "priority", 1);
}

TestSuite(inherit, .init = by_priority, .timeout = 10);

static struct mutex m1, m2;

Test(inherit, who_is_waited_for_is_as_urgent_as_who_waits)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job high = {.priority = 9, .locks = {&m1}};
    begin(&low);
    cr_assert_eq(priority_of(low.thread), 1);
    begin(&high);
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    cr_assert_eq(low.after[0], 1, "it gives the loan back as it unlocks");
    finish(&high);
}

Test(inherit, nobody_inherits_from_a_lower_one)
{
    struct job high = {.priority = 9, .locks = {&m1}};
    struct job low = {.priority = 1, .locks = {&m1}};
    begin(&high);
    begin(&low);
    cr_assert_eq(priority_of(high.thread), 9);
    finish(&high);
    finish(&low);
}

/* A waits for B, B for C. */
Test(inherit, a_loan_goes_down_the_chain)
{
    struct job c = {.priority = 1, .locks = {&m2}};
    struct job b = {.priority = 2, .locks = {&m1, &m2}};
    struct job a = {.priority = 9, .locks = {&m1}};
    begin(&c);
    begin(&b);
    cr_assert_eq(priority_of(c.thread), 2);
    begin(&a);
    cr_assert_eq(priority_of(b.thread), 9);
    cr_assert_eq(priority_of(c.thread), 9);
    finish(&c);
    cr_assert_eq(c.after[0], 1);
    cr_assert_eq(priority_of(b.thread), 9, "A still waits for it");
    finish(&b);
    cr_assert_eq(b.after[0], 9, "the other mutex is the one A waits for");
    cr_assert_eq(b.after[1], 2);
    finish(&a);
}

Test(inherit, a_long_chain_too)
{
    enum { N = 40 };
    static struct mutex m[N + 1];
    static struct job jobs[N];
    for (int i = 0; i < N; i++) {
        jobs[i] = (struct job){.priority = 1, .locks = {&m[i + 1], &m[i]}};
        begin(&jobs[i]);
    }
    struct job high = {.priority = 60, .locks = {&m[N]}};
    begin(&high);
    for (int i = 0; i < N; i++)
        cr_assert_eq(priority_of(jobs[i].thread), 60, "%d", i);
    for (int i = 0; i < N; i++) {
        finish(&jobs[i]);
        cr_assert_eq(jobs[i].after[1], 1, "%d", i);
    }
    finish(&high);
}

Test(inherit, of_several_waiters_the_highest_counts_and_is_first)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job five = {.priority = 5, .locks = {&m1}};
    struct job nine = {.priority = 9, .locks = {&m1}};
    struct job seven = {.priority = 7, .locks = {&m1}};
    begin(&low);
    begin(&five);
    begin(&nine);
    begin(&seven);
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    cr_assert_eq(low.after[0], 1);
    finish(&nine); /* blocks for ever if it is not the next holder */
    finish(&seven);
    finish(&five);
}

Test(inherit, equal_waiters_are_served_as_they_came)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job first = {.priority = 5, .locks = {&m1}};
    struct job second = {.priority = 5, .locks = {&m1}};
    begin(&low);
    begin(&first);
    begin(&second);
    finish(&low);
    finish(&first);
    finish(&second);
}

Test(inherit, each_mutex_brings_its_own_loan)
{
    struct job low = {.priority = 1, .locks = {&m1, &m2}};
    struct job five = {.priority = 5, .locks = {&m1}};
    struct job nine = {.priority = 9, .locks = {&m2}};
    begin(&low);
    begin(&five);
    begin(&nine);
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    cr_assert_eq(low.after[0], 5,
                 "the mutex that five waits for is still held");
    cr_assert_eq(low.after[1], 1);
    finish(&five);
    finish(&nine);
}

Test(inherit, who_gives_up_withdraws_its_loan)
{
    struct job c = {.priority = 1, .locks = {&m2}};
    struct job b = {.priority = 2, .locks = {&m1, &m2}};
    struct job a = {.priority = 9, .locks = {&m1}, .patience = 1000000};
    begin(&c);
    begin(&b);
    begin(&a);
    cr_assert_eq(thread_join(a.thread, NULL), 0);
    cr_assert_eq(a.error, ETIMEDOUT);
    cr_assert_eq(priority_of(b.thread), 2);
    cr_assert_eq(priority_of(c.thread), 2);
    finish(&c);
    finish(&b);
}

Test(inherit, with_a_deadline_that_does_not_pass_nothing_changes)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job high = {.priority = 9, .locks = {&m1}, .patience = FAR_AWAY};
    begin(&low);
    begin(&high);
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    finish(&high);
    cr_assert_eq(high.error, 0);
    cr_assert_eq(low.after[0], 1);
}

/* Waiting for a mutex is no cancellation point: it goes on waiting. */
Test(inherit, who_is_cancelled_in_line_still_lends)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job high = {.priority = 9, .locks = {&m1}};
    begin(&low);
    begin(&high);
    cr_assert_eq(thread_cancel(high.thread), 0);
    thread_yield();
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    cr_assert_eq(low.after[0], 1);
}

static void
unlock(void *m)
{
    mutex_unlock(m);
}

static void *
hold_until_cancelled(void *left)
{
    struct thread_cleanup handler;
    mutex_lock(&m1);
    thread_cleanup_push(&handler, unlock, &m1);
    thread_sleep_until(THREAD_FOREVER);
    thread_cleanup_pop(true);
    return left;
}

Test(inherit, a_cancelled_holder_hands_over_in_its_handler)
{
    thread_t low;
    struct thread_attr attr = {.priority = 1};
    struct job high = {.priority = 9, .locks = {&m1}};
    cr_assert_eq(thread_create(&low, &attr, hold_until_cancelled, NULL), 0);
    thread_yield();
    begin(&high);
    cr_assert_eq(priority_of(low), 9);
    thread_cancel(low);
    thread_yield();
    cr_assert_eq(priority_of(low), 1);
    finish(&high);
    cr_assert_eq(thread_join(low, NULL), 0);
}

Test(inherit, a_waiter_that_becomes_more_urgent_lends_more)
{
    struct job c = {.priority = 1, .locks = {&m2}};
    struct job b = {.priority = 2, .locks = {&m1, &m2}};
    struct job a = {.priority = 3, .locks = {&m1}};
    begin(&c);
    begin(&b);
    begin(&a);
    cr_assert_eq(thread_set_priority(a.thread, 20), 0);
    cr_assert_eq(priority_of(c.thread), 20);
    cr_assert_eq(thread_set_priority(a.thread, 5), 0);
    cr_assert_eq(priority_of(c.thread), 5);
    cr_assert_eq(thread_set_priority(a.thread, 0), 0);
    cr_assert_eq(priority_of(b.thread), 2);
    cr_assert_eq(priority_of(c.thread), 2);
    finish(&c);
    finish(&b);
    finish(&a);
}

Test(inherit, a_holder_has_its_own_priority_or_the_loan_if_that_is_more)
{
    struct job low = {.priority = 1, .locks = {&m1}};
    struct job high = {.priority = 9, .locks = {&m1}};
    begin(&low);
    begin(&high);
    thread_set_priority(low.thread, 12);
    cr_assert_eq(priority_of(low.thread), 12);
    thread_set_priority(low.thread, 3);
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    cr_assert_eq(low.after[0], 3, "what is its own now, not what it was");
    finish(&high);
}

/* A condition variable's mutex is released while one waits, and waited for
 * like any other afterwards. */
static struct cond ring;

static void *
wait_for_ring(void *unused)
{
    mutex_lock(&m1);
    cond_wait(&ring, &m1);
    mutex_unlock(&m1);
    return unused;
}

Test(inherit, who_waits_on_a_condition_lends_when_it_locks_again)
{
    thread_t waiter;
    struct thread_attr attr = {.priority = 9};
    struct job low = {.priority = 1, .locks = {&m1}};
    cr_assert_eq(thread_create(&waiter, &attr, wait_for_ring, NULL), 0);
    thread_yield();
    begin(&low);
    cr_assert_eq(priority_of(low.thread), 1);
    cond_signal(&ring);
    thread_yield();
    cr_assert_eq(priority_of(low.thread), 9);
    finish(&low);
    thread_join(waiter, NULL);
}

Test(inherit, a_circle_of_loans_ends_with_the_first_who_gives_up)
{
    struct job b = {.priority = 2, .locks = {&m1, &m2}};
    struct job a = {.priority = 3, .locks = {&m2, &m1}, .patience = 20000000};
    struct job high = {.priority = 9, .locks = {&m1}};
    mutex_lock(&m2); /* so that each gets its first */
    begin(&b);
    cr_assert_eq(priority_of(1), 2);
    begin(&a);
    cr_assert_eq(priority_of(1), 3);
    mutex_unlock(&m2); /* A's, being the higher one, who now waits for B */
    thread_yield();
    cr_assert_eq(priority_of(1), 0);
    begin(&high); /* waits for B, who waits for A, who waits for B */
    cr_assert_eq(priority_of(b.thread), 9);
    cr_assert_eq(priority_of(a.thread), is_blocked(a.thread) ? 9 : 3,
                 "on a slow day it has given up already");
    cr_assert_eq(thread_join(a.thread, NULL), 0);
    cr_assert_eq(a.error, ETIMEDOUT);
    cr_assert_eq(priority_of(b.thread), 9);
    finish(&b);
    cr_assert_eq(b.after[1], 2);
    finish(&high);
}

/* ---- The textbook's story ---- */

#define MEDIUM_WORK 1000

static volatile int medium_done, done_when_high_had_it;
static struct semaphore low_has_it;

static void *
low_holds(void *unused)
{
    mutex_lock(&m1);
    semaphore_post(&low_has_it);
    for (int i = 0; i < 10; i++) /* its critical section */
        thread_yield();
    mutex_unlock(&m1);
    return unused;
}

static void *
medium_computes(void *unused)
{
    for (int i = 0; i < MEDIUM_WORK; i++) {
        medium_done++;
        thread_yield();
    }
    return unused;
}

/* Low has the mutex; medium becomes ready, and so does high. */
static void *
high_wants(void *unused)
{
    thread_t low, medium;
    struct thread_attr of_low = {.priority = 1}, of_medium = {.priority = 5};
    thread_create(&low, &of_low, low_holds, NULL);
    semaphore_wait(&low_has_it);
    thread_create(&medium, &of_medium, medium_computes, NULL);
    mutex_lock(&m1);
    done_when_high_had_it = medium_done;
    mutex_unlock(&m1);
    thread_join(low, NULL);
    thread_join(medium, NULL);
    return unused;
}

Test(inherit, medium_does_not_hold_up_high)
{
    thread_t high;
    struct thread_attr of_high = {.priority = 9};
    cr_assert_eq(thread_create(&high, &of_high, high_wants, NULL), 0);
    thread_join(high, NULL);
    cr_assert_eq(medium_done, MEDIUM_WORK);
    cr_assert_eq(done_when_high_had_it, 0);
}
