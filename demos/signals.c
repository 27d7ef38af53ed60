/* SPDX-License-Identifier: MIT */
/*
 * signals.c - a signal for the process, and the one thread that is to have it.
 *
 * A signal is sent to a process; which of its kernel threads is interrupted
 * for it the kernel decides, and which *user-level* thread happens to run
 * there nobody does. So the usual advice is to block it everywhere and to have
 * one thread wait for it (thread_sigwait), which then is an event like any
 * other. Counted is who was told, and whether the others got on meanwhile.
 */
#include "demo.h"
#include "io.h"
#include "sync.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum { SIGNALS = 20, WORKERS = 3 };

static struct tally {
    atomic_int told;   /* signals that the waiter has had */
    atomic_int stray;  /* signals that interrupted somebody */
    atomic_long steps; /* of the others */
    atomic_bool over;
    struct semaphore next; /* the last one has come: send another */
} * tally;

static void
on_signal(int sig)
{
    (void)sig;
    tally->stray++;
}

static void *
wait_for_signals(void *arg)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    for (int i = 0; i < SIGNALS; i++) {
        siginfo_t info;
        if (thread_sigwait(&set, &info) == SIGUSR1)
            tally->told++;
        semaphore_post(&tally->next);
    }
    return arg;
}

static void *
work(void *arg)
{
    while (!tally->over) {
        tally->steps++;
        thread_yield();
    }
    return arg;
}

static void
run(struct demo_run *d)
{
    thread_t workers[WORKERS];
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL); /* before there is a second thread */
    signal(SIGUSR1, on_signal);
    if (thread_model()->io_call_stalls)
        demo_skip(d, "whoever waits for a signal stalls the process here, so "
                     "that nobody could send one.");
    if (!thread_model()->shares_memory)
        demo_skip(d, "each thread is a process of its own here, and a signal "
                     "is sent to one of them.");
    tally = demo_shared(d, sizeof *tally);
    demo_predict(d,
                 "one thread is told of all %d signals, nobody is "
                 "interrupted, and the others get on",
                 SIGNALS);
    thread_t waiter = demo_thread(d, "waiter", wait_for_signals, NULL);
    for (int i = 0; i < WORKERS; i++)
        workers[i] = demo_thread(d, "worker", work, NULL);
    for (int i = 0; i < SIGNALS; i++) {
        for (long seen = tally->steps; tally->steps < seen + WORKERS;)
            thread_yield(); /* the others, while the waiter waits */
        kill(getpid(), SIGUSR1);
        semaphore_wait(&tally->next);
    }
    long steps = tally->steps;
    tally->over = true;
    demo_join(waiter);
    for (int i = 0; i < WORKERS; i++)
        demo_join(workers[i]);
    demo_measure(d, "told", tally->told, "signals");
    demo_measure(d, "interrupted", tally->stray, "times");
    demo_measure(d, "steps_of_the_others", (double)steps, "steps");
    demo_found(d,
               "one thread was told of %d of %d signals, %d interrupted "
               "somebody, and the others made %ld steps",
               tally->told, SIGNALS, tally->stray, steps);
    demo_judge(d, tally->told == SIGNALS && tally->stray == 0 && steps > 0,
               "a signal that is blocked everywhere waits for whoever asks");
}

static const struct demo demo = {
    .name = "signals",
    .claim = "A signal that every thread blocks can be waited for by one, and "
             "interrupts nobody.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
