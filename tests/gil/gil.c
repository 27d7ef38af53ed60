/* SPDX-License-Identifier: MIT */
/*
 * gil.c - the global lock: one thread at a time, and each gets its turn.
 *
 * Each piece of the program's own code between two calls that may switch puts
 * up a flag when it begins and takes it down when it ends; who finds another's
 * flag up has seen two threads at once. Turns are counted, never timed: a
 * holder is asked to make way after an interval and not before, however busy
 * the machine, so that many turns take at least that many intervals.
 */
#include "channel.h"
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000u /* nanoseconds */

static thread_t
spawn(void *(*fn)(void *), void *arg)
{
    thread_t thread = 0;
    cr_assert_eq(thread_create(&thread, NULL, fn, arg), 0);
    return thread;
}

static uint64_t
times_served(void)
{
    struct thread_preemption p;
    thread_preemption(&p);
    return p.served;
}

/* ---- One at a time ---- */

static atomic_uint in_program, pieces;
static atomic_bool two_at_once;

/* A piece of the program: no call in it, and long enough to be met. */
static void
piece(void)
{
    if (atomic_fetch_add(&in_program, 1) > 0)
        two_at_once = true;
    for (volatile int i = 0; i < 2000; i++)
        continue;
    pieces++;
    atomic_fetch_sub(&in_program, 1);
}

static void
piece_as_handler(void *unused)
{
    (void)unused;
    piece();
}

static struct semaphore turns = SEMAPHORE_INITIALIZER(1);
static thread_key_t key;

/* Go through a call of each kind, and a piece of the program between them. */
static void *
compute_and_wait(void *number)
{
    struct thread_cleanup handler;
    thread_key_set(key, number);
    thread_cleanup_push(&handler, piece_as_handler, NULL);
    for (int i = 0; i < 60; i++) {
        piece();
        thread_checkpoint();
        piece();
        semaphore_wait(&turns);
        piece();
        semaphore_post(&turns);
        piece();
        thread_sleep(1000);
        piece();
        thread_yield();
    }
    thread_sleep(THREAD_FOREVER); /* until it is cancelled */
    return NULL;
}

Test(gil, one_thread_at_a_time_runs_the_program, .timeout = 20)
{
    enum { THREADS = 4 };
    thread_t threads[THREADS];
    thread_preempt(MS / 10);
    thread_key_create(&key, piece_as_handler);
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = spawn(compute_and_wait, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++) {
        struct thread_info info;
        do {
            piece();
            thread_yield();
            thread_info(threads[i], &info);
        } while (info.wait_since == 0 || info.wait != THREAD_WAIT_SLEEP ||
                 pieces < 60 * 5 * THREADS);
        thread_cancel(threads[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;
        thread_join(threads[i], &result);
        cr_assert_eq(result, THREAD_CANCELED);
    }
    cr_assert_not(two_at_once);
    cr_assert_eq(in_program, 0);
}

/* ---- The interval ---- */

static atomic_bool stop;

/* Compute, and offer checkpoints. */
static void *
compute(void *unused)
{
    (void)unused;
    while (!stop)
        thread_checkpoint();
    return NULL;
}

/* How long so many turns take that end because somebody asked, in ns. */
static uint64_t
time_of_turns(unsigned count, unsigned threads, uint64_t interval)
{
    thread_t computing[8];
    cr_assert_eq(thread_preempt(interval), 0);
    stop = false;
    for (unsigned i = 0; i < threads; i++)
        computing[i] = spawn(compute, NULL);
    uint64_t start = thread_now(), before = times_served();
    while (times_served() - before < count)
        thread_checkpoint();
    uint64_t time = thread_now() - start;
    stop = true;
    for (unsigned i = 0; i < threads; i++)
        thread_join(computing[i], NULL);
    return time;
}

Test(gil, nobody_is_asked_before_an_interval_has_passed, .timeout = 20)
{
    cr_assert_geq(time_of_turns(20, 1, 5 * MS), 20 * 5 * (uint64_t)MS);
}

Test(gil, many_who_wait_do_not_ask_more_often, .timeout = 20)
{
    cr_assert_geq(time_of_turns(20, 8, 5 * MS), 20 * 5 * (uint64_t)MS);
}

Test(gil, a_shorter_interval_makes_for_more_turns, .timeout = 30)
{
    uint64_t shorter = time_of_turns(10, 1, 1 * MS);
    uint64_t longer = time_of_turns(10, 1, 40 * MS);
    cr_assert_geq(longer, 2 * shorter);
}

Test(gil, what_is_told_of_the_turns_is_so, .timeout = 20)
{
    struct thread_preemption p;
    time_of_turns(5, 2, 2 * MS);
    thread_preemption(&p);
    cr_assert_str_eq(p.source, "gil");
    cr_assert_eq(p.quantum, 2 * MS);
    cr_assert_geq(p.served, 5);
    cr_assert_geq(p.ticks, p.served);
    cr_assert_geq(p.achieved, 2 * MS);
}

Test(gil, the_interval_is_5_ms_at_first, .timeout = 10)
{
    struct thread_preemption p;
    thread_preemption(&p);
    cr_assert_eq(p.quantum, 5 * MS);
    cr_assert(thread_model()->checkpoint_switches);
}

/* ---- Whoever was asked makes way ---- */

static volatile thread_t last_seen;
static atomic_uint changes;

/* Compute, and note whenever another has computed since. */
static void *
note_changes(void *unused)
{
    (void)unused;
    while (!stop) {
        if (last_seen != thread_self()) {
            last_seen = thread_self();
            changes++;
        }
        thread_checkpoint();
    }
    return NULL;
}

Test(gil, a_holder_that_makes_way_is_not_the_next, .timeout = 20)
{
    thread_preempt(MS / 2);
    uint64_t before = times_served();
    thread_t other = spawn(note_changes, NULL);
    while (times_served() - before < 50) {
        if (last_seen != thread_self()) {
            last_seen = thread_self();
            changes++;
        }
        thread_checkpoint();
    }
    stop = true;
    thread_join(other, NULL);
    cr_assert_geq(changes, 50);
}

/* ---- Who never offers a checkpoint ---- */

static atomic_bool spinning;
static atomic_uint others_turns;

/* By a clock that is none of the contract's. */
static void *
spin_50_ms(void *unused)
{
    struct timespec ts, end;
    (void)unused;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += 50 * (long)MS;
    spinning = true;
    unsigned before = others_turns;
    do
        clock_gettime(CLOCK_MONOTONIC, &ts);
    while ((ts.tv_sec - end.tv_sec) * 1000000000 + ts.tv_nsec < end.tv_nsec);
    return (void *)(uintptr_t)(others_turns - before);
}

Test(gil, who_never_reaches_a_checkpoint_starves_the_others, .timeout = 10)
{
    void *turns_meanwhile;
    thread_preempt(MS / 10);
    thread_t t = spawn(spin_50_ms, NULL);
    while (!spinning)
        thread_yield();
    others_turns++; /* not before the spinner has ended */
    thread_join(t, &turns_meanwhile);
    cr_assert_eq(turns_meanwhile, NULL);
}

Test(gil, without_an_interval_nobody_is_asked, .timeout = 10)
{
    struct thread_preemption p;
    cr_assert_eq(thread_preempt(0), 0);
    cr_assert_not(thread_model()->checkpoint_switches);
    thread_t t = spawn(compute, NULL);
    for (int i = 0; i < 1000000; i++)
        thread_checkpoint();
    thread_preemption(&p);
    cr_assert_eq(p.ticks, 0);
    cr_assert_null(p.source);
    stop = true;
    thread_join(t, NULL);
}

/* ---- Calls that were not expected to wait ---- */

static void *
read_all(void *fd)
{
    static char buf[4096];
    size_t sum = 0;
    for (ssize_t n; (n = thread_read(*(int *)fd, buf, sizeof buf)) > 0;)
        sum += (size_t)n;
    return (void *)sum;
}

Test(gil, a_write_with_room_for_half_of_it_lets_the_reader_run, .timeout = 10)
{
    static char much[1 << 20];
    int ends[2];
    void *sum;
    cr_assert_eq(pipe(ends), 0);
    thread_t reader = spawn(read_all, &ends[0]);
    cr_assert_eq(thread_write(ends[1], much, sizeof much), sizeof much);
    close(ends[1]);
    thread_join(reader, &sum);
    cr_assert_eq((size_t)sum, sizeof much);
}

static void *
read_one(void *fd)
{
    char byte;
    return (void *)thread_read(*(int *)fd, &byte, 1);
}

Test(gil, readers_who_race_for_a_byte_stop_nobody, .timeout = 20)
{
    enum { READERS = 8, ROUNDS = 50 };
    thread_t readers[READERS];
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < READERS; i++)
            readers[i] = spawn(read_one, &ends[0]);
        for (int i = 0; i < READERS; i++) {
            cr_assert_eq(write(ends[1], "x", 1), 1);
            thread_yield();
        }
        for (int i = 0; i < READERS; i++)
            thread_join(readers[i], NULL);
    }
}

/* ---- fork ---- */

static struct channel ping;

static void *
churn(void *unused)
{
    int item;
    (void)unused;
    while (!stop) {
        channel_receive_until(&ping, &item, thread_now() + 1000);
        thread_yield();
    }
    return NULL;
}

static void *
give_back(void *arg)
{
    thread_checkpoint();
    thread_yield();
    return arg;
}

/* What a child does: it has the lock, and everybody it makes gets it. */
static int
live_on_as_child(void)
{
    thread_t t;
    void *result = NULL;
    alarm(5);
    bool works = thread_create(&t, NULL, give_back, &t) == 0 &&
                 thread_join(t, &result) == 0 && result == &t;
    return works ? 0 : 1;
}

Test(gil, a_forked_child_goes_on_whatever_the_others_were_doing, .timeout = 30)
{
    thread_t others[3];
    cr_assert_eq(channel_init(&ping, sizeof(int), 0), 0);
    for (int i = 0; i < 3; i++)
        others[i] = spawn(churn, NULL);
    for (int i = 0; i < 40; i++) {
        int status;
        thread_yield();
        pid_t child = fork();
        if (child == 0)
            _exit(live_on_as_child());
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert_eq(status, 0);
    }
    stop = true;
    for (int i = 0; i < 3; i++)
        thread_join(others[i], NULL);
}
