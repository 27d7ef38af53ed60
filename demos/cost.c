/* SPDX-License-Identifier: MIT */
/*
 * cost.c - what a thread costs: its making, its memory, a switch to it.
 *
 * A nanosecond here is not one elsewhere, so the yardstick is a system call
 * that does next to nothing, timed in the same rounds: how many trips into the
 * kernel is a thread worth? To make a kernel thread the kernel must set up a
 * task, find it a CPU, and wake whoever joins it: dozens of such trips. A
 * user-level thread is some memory and a place in a queue.
 *
 * "Fresh" threads are all alive at once, so each needs a stack of its own from
 * the kernel; where one ends before the next is made, they share a stack that
 * the library keeps. Memory the kernel keeps for a thread on its own side (16
 * KiB and more for each kernel thread) is in no figure that a process can see.
 */
#include "demo.h"
#include "machine.h"

#include "sync.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROUNDS = 7, CALLS = 2000, MADE = 200, PARKED = 500, YIELDS = 3000 };

#define SOME 20 /* system calls: a kernel thread costs more, another fewer */

static struct shared {
    struct semaphore gate;
    atomic_int arrived;
    _Atomic uint64_t switches;
} * shared;

static void *
park(void *arg)
{
    shared->arrived++;
    semaphore_wait(&shared->gate);
    return arg;
}

static void
measure_fresh(struct demo_run *d)
{
    static thread_t parked[PARKED];
    struct machine_memory before = machine_memory();
    uint64_t start = thread_now();
    for (int i = 0; i < PARKED; i++)
        parked[i] = demo_thread(d, "parked", park, NULL);
    uint64_t made = thread_now();
    while (shared->arrived < PARKED)
        thread_yield();
    struct machine_memory after = machine_memory();
    for (int i = 0; i < PARKED; i++)
        semaphore_post(&shared->gate);
    for (int i = 0; i < PARKED; i++)
        demo_join(parked[i]);
    demo_measure(d, "fresh_create", 1e6 * demo_ms(start, made) / PARKED, "ns");
    if (!thread_model()->shares_memory)
        return; /* what a process has is in another's figures */
    demo_measure(d, "mapped_per_thread",
                 (after.mapped - before.mapped) / PARKED, "KiB");
    demo_measure(d, "resident_per_thread",
                 (after.resident - before.resident) / PARKED, "KiB");
}

static double
time_system_call(void)
{
    uint64_t start = thread_now();
    for (int i = 0; i < CALLS; i++)
        syscall(SYS_getppid);
    return 1e6 * demo_ms(start, thread_now()) / CALLS;
}

static void *
nothing(void *arg)
{
    return arg;
}

static double
time_create_join(struct demo_run *d, int count)
{
    uint64_t start = thread_now();
    for (int i = 0; i < count; i++)
        demo_join(demo_thread(d, "nothing", nothing, NULL));
    return 1e6 * demo_ms(start, thread_now()) / count;
}

/* Yield, and tell how often it was really given the CPU: a scheduler may think
 * that whoever yields should go on all the same. */
static void *
yielder(void *arg)
{
    struct thread_info info = {.switches = 0};
    for (int i = 0; i < YIELDS; i++)
        thread_yield();
    thread_info(thread_self(), &info);
    shared->switches += info.switches;
    return arg;
}

/* Two threads on one CPU that yield to each other. */
static double
time_switch(struct demo_run *d)
{
    shared->switches = 0;
    uint64_t start = thread_now();
    thread_t one = demo_thread(d, "yielder 1", yielder, NULL);
    thread_t other = demo_thread(d, "yielder 2", yielder, NULL);
    demo_join(one);
    demo_join(other);
    return 1e6 * demo_ms(start, thread_now()) / (double)shared->switches;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches();
    demo_predict(d,
                 "to create and join a thread takes as long as %s than %d "
                 "system calls",
                 by_kernel ? "more" : "fewer", SOME);
    shared = demo_shared(d, sizeof *shared);
    double call[ROUNDS], create_join[ROUNDS], change[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        call[i] = time_system_call();
        create_join[i] = time_create_join(d, (int)(MADE * d->scale) + 1);
    }
    measure_fresh(d);
    machine_stay_here(); /* on two CPUs they would not switch at all */
    for (int i = 0; i < ROUNDS; i++)
        change[i] = time_switch(d);

    double ns = demo_median(create_join, ROUNDS);
    double calls = ns / demo_median(call, ROUNDS);
    demo_measure(d, "create_join", ns, "ns");
    demo_measure(d, "switch", demo_median(change, ROUNDS), "ns");
    demo_measure(d, "system_call", demo_median(call, ROUNDS), "ns");
    demo_found(d,
               "to create and join a thread took %.0f ns, as long as %.1f "
               "system calls",
               ns, calls);
    demo_judge(d, by_kernel ? calls > SOME : calls < SOME,
               by_kernel ? "the kernel makes each one, and starts it, and "
                           "wakes the one who joins it"
                         : "the library makes them from memory it keeps, and "
                           "the kernel never hears of them");
}

static const struct demo demo = {
    .name = "cost",
    .claim = "A thread that the kernel makes costs dozens of system calls, one "
             "that a library makes costs a few.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
