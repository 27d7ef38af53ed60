/* SPDX-License-Identifier: MIT */
/*
 * overlap.c - several waits: one after the other, or all at once?
 *
 * Each job waits for its own timer, read as a file (timerfd), which is how long
 * a disk or a peer takes that does not care how many others it serves. Threads
 * gain as much as they let each other's waits overlap, and for that nobody
 * needs a second CPU: what is needed is that the wait is handed to the kernel
 * and the thread set aside. One thread per job, once by thread_read and once by
 * read(2).
 *
 * No timer is ever early, so waits that did not overlap cannot be taken for
 * waits that did, however busy the machine is; being late is forgiven a few
 * times.
 */
#include "demo.h"
#include "io.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { JOBS = 6, WAIT_MS = 20, TRIES = 5 };

#define IN_TURN 0.95 /* of the sum of all waits, at least: no overlap */
#define AT_ONCE 0.60 /* ... or less: there was some */

static double wait_ms;

/* A descriptor that can be read when the time has passed. */
static int
start_timer(void)
{
    struct itimerspec span = {
        .it_value = {.tv_nsec = (long)(wait_ms * 1e6) % 1000000000,
                     .tv_sec = (time_t)(wait_ms / 1e3)}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (fd < 0 || timerfd_settime(fd, 0, &span, NULL) != 0)
        demo_fail("timerfd: %s", strerror(errno));
    return fd;
}

static void *
wait_by_contract(void *unused)
{
    uint64_t expirations;
    int fd = start_timer();
    if (thread_read(fd, &expirations, sizeof expirations) < 0)
        demo_fail("thread_read: %s", strerror(errno));
    close(fd);
    return unused;
}

static void *
wait_raw(void *unused)
{
    uint64_t expirations;
    int fd = start_timer();
    if (read(fd, &expirations, sizeof expirations) < 0)
        demo_fail("read: %s", strerror(errno));
    close(fd);
    return unused;
}

/* All jobs, a thread for each: how long, as a share of the sum of the waits?
 * The best of a few, until they do what they can be expected to do. */
static double
time_of(struct demo_run *d, void *(*job)(void *), bool stalls)
{
    double best = 1e9;
    for (int try = 0; try < TRIES; try++) {
        thread_t threads[JOBS];
        uint64_t start = thread_now();
        for (int i = 0; i < JOBS; i++)
            threads[i] = demo_thread(d, "job", job, NULL);
        for (int i = 0; i < JOBS; i++)
            demo_join(threads[i]);
        double share = demo_ms(start, thread_now()) / (JOBS * wait_ms);
        best = share < best ? share : best;
        if (stalls || best < AT_ONCE)
            break;
    }
    return best;
}

static bool
as_expected(double share, bool stalls)
{
    return stalls ? share >= IN_TURN : share < AT_ONCE;
}

static void
run(struct demo_run *d)
{
    const struct thread_model *m = thread_model();
    bool stalls = m->io_call_stalls, raw_stalls = m->raw_call_stalls;
    wait_ms = WAIT_MS * d->scale;
    demo_predict(
        d, "%d waits of %.3g ms take %s by thread_read, and %s by read(2)",
        JOBS, wait_ms, stalls ? "as long as all together" : "as one",
        raw_stalls ? "as long as all together" : "as one");
    double contract = time_of(d, wait_by_contract, stalls);
    double raw = time_of(d, wait_raw, raw_stalls);
    demo_measure(d, "overlap_by_read", 1 / raw, "times");
    demo_measure(d, "sum_of_waits", JOBS * wait_ms, "ms");
    demo_measure(d, "by_thread_read", contract * JOBS * wait_ms, "ms");
    demo_measure(d, "by_read", raw * JOBS * wait_ms, "ms");
    demo_measure(d, "overlap_by_thread_read", 1 / contract, "times");
    demo_found(d,
               "waits of %.0f ms in all took %.1f ms by thread_read, and %.1f "
               "ms by read(2)",
               JOBS * wait_ms, contract * JOBS * wait_ms, raw * JOBS * wait_ms);
    demo_judge(d, as_expected(contract, stalls) && as_expected(raw, raw_stalls),
               "%s",
               raw_stalls ? "a wait that the library sees is handed over; one "
                            "that it does not see keeps all the others from "
                            "beginning theirs"
                          : "the kernel sets aside the thread that waits, and "
                            "no other");
}

static const struct demo demo = {
    .name = "overlap",
    .claim = "Threads that wait gain from being several without a second CPU, "
             "even under one lock, if the waiting is handed over.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
