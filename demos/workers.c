/* SPDX-License-Identifier: MIT */
/*
 * workers.c - a main thread hands out jobs: by argument, by event, by queue.
 *
 * Three ways to tell a thread what to do. As the argument of its function: a
 * thread for each job, whose end is the answer. By an event: the pool waits
 * until the list of jobs is complete, and each takes the next from it. By a
 * queue, a channel: main sends job after job, each to whichever worker is free,
 * and closing it says that there are no more.
 *
 * Whatever the model, each job must be done exactly once, the queue must keep
 * its order, and the pool must end; who does how many is nobody's promise.
 */
#include "channel.h"
#include "demo.h"
#include "sync.h"

#include <stdatomic.h>

enum { JOBS = 64, WORKERS = 4, WAY_COUNT = 3 };

static struct shared {
    struct channel queue;
    struct event complete;
    int list[JOBS];
    atomic_int next;       /* of the list */
    atomic_int done[JOBS]; /* how often each was done */
    int by[WORKERS];       /* jobs of each worker */
    atomic_bool disorder;  /* a worker got an earlier job after a later one */
    atomic_int ended;      /* workers that came to their end */
} * s;

/* Half computing, half waiting. */
static void
work(int job)
{
    for (volatile int i = 0; i < 3000; i++)
        continue;
    thread_sleep(100000);
    s->done[job]++;
}

static void *
by_argument(void *job)
{
    work((int)(uintptr_t)job);
    s->ended++;
    return job;
}

static void *
by_event(void *number)
{
    event_wait(&s->complete);
    for (int i; (i = s->next++) < JOBS; s->by[(uintptr_t)number]++)
        work(s->list[i]);
    s->ended++;
    return number;
}

static void *
by_queue(void *number)
{
    int job, last = -1;
    while (channel_receive(&s->queue, &job) == 0) {
        if (job < last)
            s->disorder = true;
        last = job;
        work(job);
        s->by[(uintptr_t)number]++;
    }
    s->ended++;
    return number;
}

static void
hand_out_by_event(void)
{
    for (int i = 0; i < JOBS; i++)
        s->list[i] = i;
    event_set(&s->complete);
}

static void
hand_out_by_queue(void)
{
    for (int i = 0; i < JOBS; i++)
        if (channel_send(&s->queue, &i) != 0)
            demo_fail("the queue was closed");
    channel_close(&s->queue);
}

/* Have all jobs done in one way; returns how long that took, in ms, or -1 if
 * one was not done exactly once or somebody has not come to an end. */
static double
done_by(struct demo_run *d, void *(*fn)(void *), int threads,
        void (*hand_out)(void))
{
    thread_t thread[JOBS];
    bool right = true;
    s->ended = 0;
    for (int i = 0; i < JOBS; i++)
        s->done[i] = 0;
    for (int i = 0; i < WORKERS; i++)
        s->by[i] = 0;
    uint64_t start = thread_now();
    for (int i = 0; i < threads; i++)
        thread[i] = demo_thread(d, "worker", fn, (void *)(uintptr_t)i);
    if (hand_out)
        hand_out();
    for (int i = 0; i < threads; i++) {
        void *result;
        right = thread_join(thread[i], &result) == 0 &&
                result == (void *)(uintptr_t)i && right;
    }
    double time = demo_ms(start, thread_now());
    for (int i = 0; i < JOBS; i++)
        right = right && s->done[i] == 1;
    return right && s->ended == threads ? time : -1;
}

/* The most jobs that one worker has had, and the fewest. */
static void
balance(int *most, int *fewest)
{
    *most = 0, *fewest = JOBS;
    for (int i = 0; i < WORKERS; i++) {
        *most = s->by[i] > *most ? s->by[i] : *most;
        *fewest = s->by[i] < *fewest ? s->by[i] : *fewest;
    }
}

static void
run(struct demo_run *d)
{
    int most, fewest, ways = 0;
    s = demo_shared(d, sizeof *s);
    if (channel_init(&s->queue, sizeof(int), WORKERS) != 0)
        demo_fail("no memory for a queue");
    demo_predict(d,
                 "in each of %d ways all %d jobs are done once each, in the "
                 "order of the queue, and every worker ends",
                 WAY_COUNT, JOBS);
    double argument = done_by(d, by_argument, JOBS, NULL);
    double event = done_by(d, by_event, WORKERS, hand_out_by_event);
    double queue = done_by(d, by_queue, WORKERS, hand_out_by_queue);
    balance(&most, &fewest);
    ways = (argument >= 0) + (event >= 0) + (queue >= 0);
    demo_measure(d, "by_argument", argument, "ms");
    demo_measure(d, "by_event", event, "ms");
    demo_measure(d, "by_queue", queue, "ms");
    demo_measure(d, "most_jobs", most, "jobs");
    demo_measure(d, "fewest_jobs", fewest, "jobs");
    demo_found(d,
               "in %d of %d ways all %d jobs were done once each; of the queue "
               "one worker took %d and another %d, %s",
               ways, WAY_COUNT, JOBS, most, fewest,
               s->disorder ? "not in its order" : "all in its order");
    demo_judge(d, ways == WAY_COUNT && !s->disorder,
               "an object of the contract hands over what it was given, "
               "whoever switches the threads");
}

static const struct demo demo = {
    .name = "workers",
    .claim = "A main thread can hand its jobs to others by argument, by event "
             "or by queue: each job is done once, and the pool comes to an "
             "end.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
