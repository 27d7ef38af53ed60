/* SPDX-License-Identifier: MIT */
/* model.c - does a model have the properties it claims? thread.h. */
#include "contract.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

Test(model, every_description_is_there, .timeout = 10)
{
    const struct thread_model *m = thread_model();
    cr_assert_not_null(m);
    cr_assert_gt(strlen(m->name), 0);
    cr_assert_gt(strlen(m->textbook), 0);
    cr_assert_gt(strlen(m->context), 0);
    cr_assert_gt(strlen(m->policy), 0);
    cr_assert_gt(strlen(m->io_engine), 0);
    if (m->io_fallback)
        cr_assert_gt(strlen(m->io_fallback), 0);
}

Test(model, asking_twice_gives_the_same_answer, .timeout = 10)
{
    struct thread_model first = *thread_model();
    thread_yield();
    struct thread_model second = *thread_model();
    cr_assert_str_eq(first.name, second.name);
    cr_assert_str_eq(first.io_engine, second.io_engine);
    cr_assert_eq(first.io_call_stalls, second.io_call_stalls);
}

/* ---- shares_memory ---- */

static int global;

static void *
set_global(void *value)
{
    global = (int)VALUE(value);
    return NULL;
}

Test(model, memory_is_shared_as_claimed, .timeout = 10)
{
    join(spawn(set_global, NUMBER(7)));
    cr_assert_eq(global == 7, thread_model()->shares_memory);
}

/* ---- raw_call_stalls, io_call_stalls, preemptive ---- */

/* Fill a pipe from a child process after 40 ms: the one event that can end a
 * read of a process that stalls. */
static int
pipe_filled_in_40_ms(void)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        nanosleep(&(struct timespec){0, 40 * MS}, NULL);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    return ends[0];
}

SHARED volatile bool reading, done_reading;

static void *
read_by_contract(void *fd)
{
    char byte;
    reading = true;
    thread_read((int)VALUE(fd), &byte, 1);
    done_reading = true;
    return NULL;
}

static void *
read_raw(void *fd)
{
    char byte;
    reading = true;
    ssize_t n = read((int)VALUE(fd), &byte, 1);
    done_reading = true;
    return NUMBER(n);
}

/* Does main get to run between the beginning and the end of the read? */
static bool
main_stalls_during(void *(*reader)(void *))
{
    bool ran_meanwhile = false;
    thread_t thread = spawn(reader, NUMBER(pipe_filled_in_40_ms()));
    while (!done_reading) {
        thread_yield();
        ran_meanwhile |= reading && !done_reading;
    }
    join(thread);
    return !ran_meanwhile;
}

Test(model, a_raw_read_stalls_the_others_as_claimed, .timeout = 10)
{
    cr_assert_eq(main_stalls_during(read_raw), thread_model()->raw_call_stalls);
}

Test(model, thread_read_stalls_the_others_as_claimed, .timeout = 10)
{
    cr_assert_eq(main_stalls_during(read_by_contract),
                 thread_model()->io_call_stalls);
}

SHARED volatile bool spinning, stop_spinning, offer_checkpoints;

/* The clock, not by the contract: a call of that may be made a switch when the
 * tests are stressed, and whoever spins must spin. */
static uint64_t
now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 * MS + (uint64_t)ts.tv_nsec;
}

/* Spin without ever yielding, for 100 ms at most; at a checkpoint another
 * thread may be let in. */
static void *
spin(void *unused)
{
    (void)unused;
    uint64_t end = in_ms(100);
    spinning = true;
    while (!stop_spinning && now() < end)
        if (offer_checkpoints)
            thread_checkpoint();
    return NUMBER(stop_spinning);
}

/* Does main get to run while another spins? */
static bool
spinner_loses_the_cpu(void)
{
    thread_t spinner = spawn(spin, NULL);
    while (!spinning)
        thread_yield();
    stop_spinning = true;
    return VALUE(join(spinner));
}

Test(model, a_thread_that_never_yields_loses_the_cpu_as_claimed, .timeout = 10)
{
    cr_assert_eq(spinner_loses_the_cpu(), thread_model()->preemptive);
}

/* There only where the tests are stressed, and then each call lets others in. */
void stress_point(void) __attribute__((weak));

Test(model, a_thread_at_its_checkpoints_loses_the_cpu_as_claimed, .timeout = 10)
{
    offer_checkpoints = true;
    cr_assert_eq(spinner_loses_the_cpu(),
                 thread_model()->checkpoint_switches || stress_point);
}

/* ---- parallel ---- */

SHARED volatile unsigned moves[2], sights[2];
static uint64_t patience;

/* More than two could have by turns, however short their quanta are. */
#define SIGHTS 10000

static bool
both_have_seen(void)
{
    return sights[0] >= SIGHTS && sights[1] >= SIGHTS;
}

/* Move, and watch the other move: two who see each other move again and again,
 * without any yield, run at the same instant. */
static void *
watch_the_other(void *side)
{
    unsigned me = (unsigned)VALUE(side), last = moves[!me];
    uint64_t end = now() + patience;
    while (!both_have_seen() && now() < end) {
        moves[me]++;
        if (moves[!me] != last) {
            last = moves[!me];
            sights[me]++;
        }
    }
    return NULL;
}

static int
cpus_allowed(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Test(model, two_threads_run_at_once_as_claimed, .timeout = 20)
{
    bool claimed = thread_model()->parallel;
    if (claimed && cpus_allowed() < 2)
        cr_skip_test("one CPU: no two threads can run at once");
    patience = claimed ? 8000 * (uint64_t)MS : 100 * (uint64_t)MS;
    thread_t a = spawn(watch_the_other, NUMBER(0));
    thread_t b = spawn(watch_the_other, NUMBER(1));
    join(a);
    join(b);
    cr_assert_eq(both_have_seen(), claimed);
}
