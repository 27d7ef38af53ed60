/* SPDX-License-Identifier: MIT */
/*
 * measure.c - what the same calls cost, and who stalls, on the model that this
 * object is linked with: yours, or the user-level library.
 *
 * Times are given beside that of a fixed piece of arithmetic, so that they can
 * be compared with those of another machine. Each is the best of several.
 */
#include "lab.h"
#include "sync.h"
#include "thread.h"

#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>

enum { TIMES = 7, CREATES = 50, HANDS = 400, LOCKS = 2000, PIECES = 300 };

static struct semaphore ping, pong;
static struct mutex mutex;
static volatile uint64_t sink;

static void
arithmetic(void)
{
    uint64_t x = 1;
    for (int i = 0; i < PIECES * 1000; i++)
        x = x * 6364136223846793005u + 1442695040888963407u;
    sink = x;
}

static void *
nothing(void *arg)
{
    return arg;
}

static void
create_and_join(void)
{
    thread_t thread;
    for (int i = 0; i < CREATES; i++) {
        thread_create(&thread, NULL, nothing, NULL);
        thread_join(thread, NULL);
    }
}

static void *
answer(void *arg)
{
    for (int i = 0; i < HANDS; i++) {
        semaphore_wait(&ping);
        semaphore_post(&pong);
    }
    return arg;
}

/* There and back again. */
static void
hand_over(void)
{
    thread_t thread;
    thread_create(&thread, NULL, answer, NULL);
    for (int i = 0; i < HANDS; i++) {
        semaphore_post(&ping);
        semaphore_wait(&pong);
    }
    thread_join(thread, NULL);
}

static void
lock_and_unlock(void)
{
    for (int i = 0; i < LOCKS; i++) {
        mutex_lock(&mutex);
        mutex_unlock(&mutex);
    }
}

/* The best time of one of `count`, in picoseconds. */
static void
measure(const char *what, void (*work)(void), uint64_t count)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < TIMES; i++) {
        uint64_t begin = thread_now();
        work();
        uint64_t time = thread_now() - begin;
        best = time < best ? time : best;
    }
    lab_say(0, "%s %" PRIu64, what, best * 1000 / count);
}

static atomic_bool in_the_call, over;
static atomic_ulong got_on;

/* A system call of the thread's own, of which the library knows nothing. */
static void *
stall(void *arg)
{
    atomic_store(&in_the_call, true);
    poll(NULL, 0, 200);
    atomic_store(&in_the_call, false);
    atomic_store(&over, true);
    return arg;
}

static void *
get_on(void *arg)
{
    while (!atomic_load(&over)) {
        if (atomic_load(&in_the_call))
            atomic_fetch_add(&got_on, 1);
        thread_yield();
    }
    return arg;
}

int
main(void)
{
    thread_t waits, counts;
    lab_begin();
    measure("arithmetic", arithmetic, PIECES);
    measure("create", create_and_join, CREATES);
    measure("handoff", hand_over, HANDS);
    measure("lock", lock_and_unlock, LOCKS);
    thread_create(&counts, NULL, get_on, NULL);
    thread_create(&waits, NULL, stall, NULL);
    thread_join(waits, NULL);
    thread_join(counts, NULL);
    lab_say(0, "stalls %s", got_on ? "no" : "yes");
    lab_end();
}
