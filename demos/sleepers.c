/* SPDX-License-Identifier: MIT */
/*
 * sleepers.c - ten thousand threads sleep at once.
 *
 * A thread that sleeps needs no CPU, only somebody who remembers when to wake
 * it and memory for its stack; so any number can sleep in the time of one. In
 * a user-level model it must be the *thread* that sleeps: if its library made
 * the system call for each, they would sleep one after the other, for half an
 * hour.
 *
 * Where a thread is a process there are a thousand of them: it takes as long to
 * make them, and more would be more than many a machine allows.
 *
 * All are made first and wait at a gate. How long that took also tells how
 * fast this machine is just now with that many threads, and so how much later
 * than at once they may reasonably wake up.
 */
#include "demo.h"
#include "machine.h"

#include "sync.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SLEEPERS = 10000, PROCESSES = 1000, NAP_MS = 200, STACK = 64 * 1024 };

struct nap {
    struct semaphore gate; /* all zero: closed */
    atomic_int asleep;
    atomic_int most_asleep;      /* at the same time */
    _Atomic uint64_t last_awake; /* when it was */
};

/* Raise a mark that many threads raise. */
static void
raise_most(struct nap *n, int to)
{
    int most = n->most_asleep;
    while (most < to &&
           !atomic_compare_exchange_weak(&n->most_asleep, &most, to))
        continue;
}

static void *
sleeper(void *arg)
{
    struct nap *n = arg;
    semaphore_wait(&n->gate);
    raise_most(n, ++n->asleep);
    thread_sleep(NAP_MS * 1000000ull);
    if (--n->asleep == 0)
        n->last_awake = thread_now();
    return NULL;
}

/* Make so many, or as many as there is room for. Returns 0 or an errno
 * number. */
static int
make_sleepers(struct nap *n, thread_t *threads, int count, int *made)
{
    struct thread_attr attr = {.name = "sleeper", .stack_size = STACK};
    int error = 0;
    for (*made = 0; *made < count && !error; *made += !error)
        error = thread_create(&threads[*made], &attr, sleeper, n);
    return error;
}

static void
run(struct demo_run *d)
{
    bool shares = thread_model()->shares_memory;
    int made, count = (int)((shares ? SLEEPERS : PROCESSES) * d->scale);
    thread_t *threads = calloc((size_t)count, sizeof *threads);
    struct nap *n = demo_shared(d, sizeof *n);
    if (!threads)
        demo_fail("out of memory");
    /* A hundredth leaves room for waking ten thousand on a busy machine. */
    double in_turn = count * (double)NAP_MS;
    double limit = 2 * NAP_MS + in_turn / 100;
    demo_predict(d,
                 "%d sleeps of %d ms, which one after another take %.0f s, are "
                 "over in less than %.1f s",
                 count, NAP_MS, in_turn / 1e3, limit / 1e3);

    double resident = machine_memory().resident;
    uint64_t start = thread_now();
    int error = make_sleepers(n, threads, count, &made);
    uint64_t open = thread_now();
    for (int i = 0; i < made; i++)
        semaphore_post(&n->gate);
    thread_sleep(NAP_MS * 1000000ull / 2);
    resident = machine_memory().resident - resident;
    for (int i = 0; i < made; i++)
        demo_join(threads[i]);
    free(threads);
    if (error)
        demo_skip(d, "the system has room for %d of %d threads: %s.", made,
                  count, strerror(error));

    double making = demo_ms(start, open);
    double sleeping = demo_ms(open, n->last_awake);
    demo_measure(d, "asleep_at_once", n->most_asleep, "threads");
    demo_measure(d, "making_them", making, "ms");
    demo_measure(d, "all_sleeps", sleeping, "ms");
    if (shares) { /* or it is not in this process */
        demo_measure(d, "resident_per_thread", resident / made, "KiB");
        demo_measure(d, "peak_memory", machine_memory().peak / 1024, "MiB");
    }
    demo_found(d,
               "%d threads, up to %d of them at once, slept %d ms each in "
               "%.0f ms, and not in %.0f s",
               made, (int)n->most_asleep, NAP_MS, sleeping, in_turn / 1e3);
    demo_judge(d, sleeping < limit,
               demo_kernel_switches()
                   ? "each has a kernel thread, and the kernel wakes it"
                   : "the scheduler keeps their deadlines, and sleeps itself "
                     "until the earliest");
}

static const struct demo demo = {
    .name = "sleepers",
    .claim = "Ten thousand threads, or a thousand processes, can sleep in the "
             "time that one sleeps.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
