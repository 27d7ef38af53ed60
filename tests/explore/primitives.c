/* SPDX-License-Identifier: MIT */
/*
 * primitives.c - the explorer turned on ourselves: each primitive of the
 * contract under very many schedules, with two threads and with three, and a
 * point where the CPU may be lost between any two calls.
 *
 * What must hold is checked in the scenario; a wake-up that is lost leaves
 * somebody blocked for ever, which the scheduler proves and aborts on; one that
 * is given twice breaks a count. All in one process: a schedule takes about a
 * microsecond.
 *
 *      primitives [SCHEDULES]      random ones for each; all with at most two
 *                                  preemptions come besides
 */
#include "channel.h"
#include "explore.h"
#include "sched.h"
#include "sync.h"
#include "thread.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 3 };

static const char *scenario_name;
static struct exploration *exploration;
static int threads; /* in this scenario, besides main */
static int inside, count, serial;

static void
check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "not so: %s\n", what);
    abort();
}

/* Create them, let them run, and join them. */
static void
run_threads(void *(*fn)(void *))
{
    thread_t thread[MOST];
    for (intptr_t i = 0; i < threads; i++)
        check(thread_create(&thread[i], NULL, fn, (void *)i) == 0, "a thread");
    for (int i = 0; i < threads; i++)
        check(thread_join(thread[i], NULL) == 0, "it can be joined");
}

/* ---- The scenarios ---- */

static struct mutex mutex;
static struct cond not_empty, not_full;
static struct semaphore semaphore;
static struct rwlock rwlock;
static struct barrier barrier;
static struct event event;
static struct thread_once once;
static struct channel channel, other;

static void *
in_mutex(void *arg)
{
    thread_checkpoint();
    mutex_lock(&mutex);
    check(inside++ == 0, "one at a time has the mutex");
    thread_checkpoint();
    inside--;
    mutex_unlock(&mutex);
    return arg;
}

static void
with_mutex(void)
{
    run_threads(in_mutex);
    check(mutex_destroy(&mutex) == 0, "nobody is left there");
}

/* The even ones put, the odd ones take; main evens it out. */
static void
put(void)
{
    mutex_lock(&mutex);
    while (count == 1)
        cond_wait(&not_full, &mutex);
    count++;
    thread_checkpoint();
    cond_signal(&not_empty);
    mutex_unlock(&mutex);
}

static void
take(void)
{
    mutex_lock(&mutex);
    while (count == 0)
        cond_wait(&not_empty, &mutex);
    count--;
    thread_checkpoint();
    cond_signal(&not_full);
    mutex_unlock(&mutex);
}

static void *
put_or_take(void *number)
{
    thread_checkpoint();
    (intptr_t) number % 2 ? take() : put();
    return NULL;
}

static void
with_cond(void)
{
    run_threads(put_or_take);
    if (threads % 2)
        take();
    check(count == 0, "as many were taken as were put");
    check(cond_destroy(&not_empty) == 0, "nobody waits there");
}

static void *
in_semaphore(void *arg)
{
    thread_checkpoint();
    semaphore_wait(&semaphore);
    check(++inside <= 2, "two at most are inside");
    thread_checkpoint();
    inside--;
    semaphore_post(&semaphore);
    return arg;
}

static void
with_semaphore(void)
{
    semaphore_init(&semaphore, 2);
    run_threads(in_semaphore);
    check(semaphore_value(&semaphore) == 2, "both are there again");
}

static void *
in_rwlock(void *number)
{
    bool write = (intptr_t)number == 0;
    thread_checkpoint();
    write ? rwlock_wrlock(&rwlock) : rwlock_rdlock(&rwlock);
    inside += write ? 100 : 1;
    check(inside < 100 || inside == 100, "a writer is alone");
    thread_checkpoint();
    inside -= write ? 100 : 1;
    rwlock_unlock(&rwlock);
    return NULL;
}

static void
with_rwlock(void)
{
    run_threads(in_rwlock);
    check(rwlock_destroy(&rwlock) == 0, "nobody holds it");
}

static void *
at_barrier(void *arg)
{
    for (int round = 1; round <= 2; round++) {
        thread_checkpoint();
        count++;
        serial += barrier_wait(&barrier) == BARRIER_SERIAL;
        check(count >= round * threads, "all have come");
    }
    return arg;
}

static void
with_barrier(void)
{
    barrier_init(&barrier, (unsigned)threads);
    run_threads(at_barrier);
    check(serial == 2, "one in each round came last");
}

static void *
at_event(void *number)
{
    thread_checkpoint();
    if ((intptr_t)number == 0) {
        event_set(&event);
        thread_checkpoint();
    } else {
        event_wait(&event);
        count++;
    }
    return NULL;
}

static void
with_event(void)
{
    run_threads(at_event);
    check(count == threads - 1, "all have been let through");
}

static void
first_call(void)
{
    thread_checkpoint();
    count++;
}

static void *
call_once(void *arg)
{
    thread_checkpoint();
    thread_once(&once, first_call);
    check(count == 1, "the call has ended, and was the only one");
    return arg;
}

static void
with_once(void)
{
    run_threads(call_once);
}

/* The first sends one item for each of the others. */
static void *
send_or_receive(void *number)
{
    int item = 1;
    thread_checkpoint();
    if ((intptr_t)number > 0) {
        check(channel_receive(&channel, &item) == 0, "there is one for each");
        count += item;
        return NULL;
    }
    for (int i = 1; i < threads; i++) {
        check(channel_send(&channel, &item) == 0, "it can be sent");
        thread_checkpoint();
    }
    return NULL;
}

static void
with_channel(size_t capacity)
{
    channel_init(&channel, sizeof(int), capacity);
    run_threads(send_or_receive);
    check(count == threads - 1, "each item was received once");
    check(channel_destroy(&channel) == 0, "nobody waits there");
}

static void
with_unbuffered(void)
{
    with_channel(0);
}

static void
with_buffered(void)
{
    with_channel(1);
}

/* Receive from either channel until both are closed. */
static void *
select_all(void *arg)
{
    int item = 0;
    size_t chosen;
    struct channel_case cases[] = {
        {.channel = &channel, .way = CHANNEL_RECEIVE, .item = &item},
        {.channel = &other, .way = CHANNEL_RECEIVE, .item = &item}};
    while (cases[0].channel || cases[1].channel) {
        thread_checkpoint();
        if (channel_select(cases, 2, THREAD_FOREVER, &chosen) == 0)
            count += item;
        else
            cases[chosen].channel = NULL;
    }
    return arg;
}

static void *
send_and_close(void *arg)
{
    struct channel *c = arg;
    int item = 1;
    thread_checkpoint();
    channel_send(c, &item);
    thread_checkpoint();
    channel_close(c);
    return NULL;
}

static void
with_select(void)
{
    thread_t sender[2], receiver;
    channel_init(&channel, sizeof(int), 0);
    channel_init(&other, sizeof(int), threads == 2 ? 0 : 1);
    thread_create(&receiver, NULL, select_all, NULL);
    thread_create(&sender[0], NULL, send_and_close, &channel);
    thread_create(&sender[1], NULL, send_and_close, &other);
    thread_join(sender[0], NULL);
    thread_join(sender[1], NULL);
    thread_join(receiver, NULL);
    check(count == 2, "each item was received once");
    check(channel_destroy(&other) == 0, "nobody waits there");
    channel_destroy(&channel);
}

/* ---- The life of a thread ---- */

static void
clean_up(void *unlocked)
{
    (void)unlocked;
    serial++;
    mutex_unlock(&mutex);
}

static void *
wait_to_be_cancelled(void *arg)
{
    struct thread_cleanup cleanup;
    mutex_lock(&mutex);
    thread_cleanup_push(&cleanup, clean_up, NULL);
    thread_checkpoint();
    while (count == 0)
        cond_wait(&not_empty, &mutex);
    thread_checkpoint();
    thread_cleanup_pop(true);
    return arg;
}

/* A cancellation and a broadcast at the same time: each thread ends by the one
 * or the other, and cleans up once. */
static void
with_cancel(void)
{
    thread_t thread[MOST];
    for (int i = 0; i < threads; i++)
        thread_create(&thread[i], NULL, wait_to_be_cancelled, NULL);
    thread_checkpoint();
    thread_cancel(thread[0]);
    thread_checkpoint();
    mutex_lock(&mutex);
    count = 1;
    cond_broadcast(&not_empty);
    mutex_unlock(&mutex);
    for (int i = 0; i < threads; i++)
        check(thread_join(thread[i], NULL) == 0, "it ends");
    check(serial == threads, "each has cleaned up once");
    check(mutex_destroy(&mutex) == 0, "and the mutex is free");
}

static void *
post_and_end(void *arg)
{
    thread_checkpoint();
    semaphore_post(&semaphore);
    return arg;
}

static void
with_detach(void)
{
    semaphore_init(&semaphore, 0);
    for (int i = 0; i < threads; i++) {
        thread_t thread;
        thread_create(&thread, NULL, post_and_end, NULL);
        thread_checkpoint();
        check(thread_detach(thread) == 0, "it can be detached at any time");
    }
    for (int i = 0; i < threads; i++)
        semaphore_wait(&semaphore);
    while (thread_list(NULL, 0) > 1)
        thread_yield();
}

static const struct scenario {
    const char *name;
    void (*run)(void);
} scenarios[] = {{"mutex", with_mutex},
                 {"cond", with_cond},
                 {"semaphore", with_semaphore},
                 {"rwlock", with_rwlock},
                 {"barrier", with_barrier},
                 {"event", with_event},
                 {"once", with_once},
                 {"channel, unbuffered", with_unbuffered},
                 {"channel, buffered", with_buffered},
                 {"select", with_select},
                 {"cancel", with_cancel},
                 {"detach", with_detach}};

/* ---- Very many schedules ---- */

static void
run_one(const struct scenario *s, uint64_t seed)
{
    inside = count = serial = 0;
    memset(&once, 0, sizeof once);
    memset(&event, 0, sizeof event);
    explore_begin(exploration, seed);
    s->run();
}

/* Which schedule it was, when we abort in the middle of one. */
static void
say_where(int sig)
{
    char line[160];
    int n = snprintf(line, sizeof line,
                     "%s, %d threads: fails with seed %" PRIu64 "\n",
                     scenario_name, threads, exploration->failing_seed);
    if (write(STDOUT_FILENO, line, (size_t)n) < 0)
        _exit(2);
    signal(sig, SIG_DFL);
}

static void
run_random(const struct scenario *s, uint64_t schedules)
{
    exploration->strategy = EXPLORE_RANDOM;
    for (uint64_t seed = 1; seed <= schedules; seed++) {
        exploration->failing_seed = seed;
        run_one(s, seed);
    }
}

static uint64_t
run_all(const struct scenario *s)
{
    uint64_t schedules = 0;
    exploration->strategy = EXPLORE_DFS;
    exploration->forced.length = 0;
    do {
        exploration->failing_seed = ++schedules;
        run_one(s, 0);
    } while (explore_next(exploration));
    exploration->forced.length = 0;
    return schedules;
}

int
main(int argc, char **argv)
{
    uint64_t schedules = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    exploration = calloc(1, sizeof *exploration);
    if (!exploration)
        return 2;
    exploration->depth = 3;
    exploration->bound = 2;
    exploration->point_limit = 100000;
    signal(SIGABRT, say_where);
    thread_self();
    printf("%-22s %14s %26s\n", "", "random", "all with <= 2 preemptions");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        for (threads = 2; threads <= MOST; threads++) {
            scenario_name = scenarios[i].name;
            run_random(&scenarios[i], schedules);
            printf("%-20s %d %14" PRIu64 " %26" PRIu64 "\n", scenario_name,
                   threads, schedules, run_all(&scenarios[i]));
            fflush(stdout);
        }
    printf("SUCCESS\n");
    return 0;
}
