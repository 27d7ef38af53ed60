/* SPDX-License-Identifier: MIT */
/*
 * nonblocking.c - four ways to wait for many pipes.
 *
 *      blocking      read(2) the pipes in turn. Costs nothing, and a message
 *                    lies there until those before it in *our* order have come.
 *      spinning      set O_NONBLOCK and ask all of them, again and again:
 *                    prompt, and the CPU is burnt by asking.
 *      epoll         let the kernel tell which can be read: prompt and cheap;
 *                    but one loop has to know what to do for each pipe.
 *      thread_read   a thread for each pipe, which just reads it. Somebody else
 *                    waits for all of them: the kernel, if each is a kernel
 *                    thread; an engine such as io_uring, if not.
 *
 * O_NONBLOCK by itself is only the second way: it says "not yet" at once, and
 * nothing about how to wait. The first three are one thread's, and the same in
 * every model.
 */
#include "demo.h"
#include "io.h"
#include "post.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* ---- The ways ---- */

static void
receive(struct post *p, int pipe)
{
    uint64_t sent = 0;
    ssize_t got = read(post_fd(p, pipe), &sent, sizeof sent);
    post_note(p, got, sent);
}

static void *
blocking(void *arg)
{
    struct post *p = arg;
    for (int i = 0; i < POST_MESSAGES; i++)
        receive(p, i % POST_PIPES);
    return NULL;
}

static void *
spinning(void *arg)
{
    struct post *p = arg;
    for (int i = 0; i < POST_PIPES; i++)
        fcntl(post_fd(p, i), F_SETFL, O_NONBLOCK);
    for (int i = 0; p->count < POST_MESSAGES; i++)
        receive(p, i % POST_PIPES);
    for (int i = 0; i < POST_PIPES; i++)
        fcntl(post_fd(p, i), F_SETFL, 0);
    return NULL;
}

static void *
epoll(void *arg)
{
    struct post *p = arg;
    struct epoll_event ready[POST_PIPES];
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < POST_PIPES; i++) {
        struct epoll_event in = {.events = EPOLLIN, .data.u32 = (unsigned)i};
        if (epoll_ctl(epfd, EPOLL_CTL_ADD, post_fd(p, i), &in) != 0)
            demo_fail("epoll: %s", strerror(errno));
    }
    while (p->count < POST_MESSAGES) {
        int n = epoll_wait(epfd, ready, POST_PIPES, -1);
        for (int i = 0; i < n; i++)
            receive(p, (int)ready[i].data.u32);
    }
    close(epfd);
    return NULL;
}

struct reader {
    struct post *post;
    int pipe;
};

static void *
read_one(void *arg)
{
    struct reader *r = arg;
    for (int i = 0; i < POST_ROUNDS; i++) {
        uint64_t sent = 0;
        ssize_t got =
            thread_read(post_fd(r->post, r->pipe), &sent, sizeof sent);
        post_note(r->post, got, sent);
    }
    return NULL;
}

static void *
thread_each(void *arg)
{
    struct post *p = arg;
    struct reader readers[POST_PIPES];
    thread_t threads[POST_PIPES];
    for (int i = 0; i < POST_PIPES; i++) {
        readers[i] = (struct reader){p, i};
        threads[i] = demo_thread(p->d, "reader", read_one, &readers[i]);
    }
    for (int i = 0; i < POST_PIPES; i++)
        demo_join(threads[i]);
    return NULL;
}

/* ---- What they cost ---- */

struct way {
    const char *name;
    void *(*receive)(void *post);
    bool late; /* predicted: half of the messages lie for a gap or more */
    bool busy; /* ... and it burns the CPU */
    struct post_cost cost;
};

enum { BLOCKING, SPINNING, EPOLL, THREAD_READ, WAYS };

static struct way ways[WAYS] = {
    [BLOCKING] = {.name = "blocking", .receive = blocking, .late = true},
    [SPINNING] = {.name = "spinning", .receive = spinning, .busy = true},
    [EPOLL] = {.name = "epoll", .receive = epoll},
    [THREAD_READ] = {.name = "thread_read", .receive = thread_each},
};

/* Reading in turn is the measure of what is late, and spinning of what can be
 * burnt: a busy machine changes both. How prompt spinning is depends on who
 * else wants the CPU. */
static bool
all_as_predicted(double gap)
{
    double in_turn = ways[BLOCKING].cost.latency;
    double burnt = ways[SPINNING].cost.cpu;
    bool held = true;
    for (struct way *w = ways; w < ways + WAYS; w++) {
        bool late = w->cost.latency >= gap;
        bool prompt = w->cost.latency < in_turn / 2;
        bool busy = w->cost.cpu >= burnt / 4;
        held &= w->busy == busy;
        held &= w->busy || (w->late ? late : prompt);
    }
    return held;
}

static void
note(struct demo_run *d, const struct way *w, const char *what, double value,
     const char *unit)
{
    char name[40];
    snprintf(name, sizeof name, "%s_%s", w->name, what);
    demo_measure(d, name, value, unit);
}

static void
run(struct demo_run *d)
{
    struct post *p = demo_shared(d, sizeof *p);
    post_open(p, d);
    const struct thread_model *m = thread_model();
    double gap = (double)p->gap / 1e6;
    bool late = ways[THREAD_READ].late = m->io_call_stalls;
    demo_predict(d,
                 "messages that come every %.0f ms lie for longer than that "
                 "with blocking reads%s, and less than half as long with "
                 "epoll%s; only spinning burns the CPU",
                 gap, late ? " and with thread_read" : "",
                 late ? "" : " and with thread_read");
    for (struct way *w = ways; w < ways + WAYS; w++)
        w->cost = post_try(p, w->name, w->receive);
    /* First the way that models differ in. */
    for (int i = WAYS - 1; i >= 0; i--)
        note(d, &ways[i], "latency", ways[i].cost.latency, "ms");
    for (int i = WAYS - 1; i >= 0; i--)
        note(d, &ways[i], "cpu", ways[i].cost.cpu, "%");
    demo_found(d,
               "a message lay for %.1f ms in the median with blocking reads, "
               "and for %.2g ms with thread_read; spinning burnt %.0f %% of a "
               "CPU, and thread_read %.1f %%",
               ways[BLOCKING].cost.latency, ways[THREAD_READ].cost.latency,
               ways[SPINNING].cost.cpu, ways[THREAD_READ].cost.cpu);
    demo_judge(d, all_as_predicted(gap), "%s",
               late ? "this engine does what the caller of a blocking read does"
               : demo_kernel_switches()
                   ? "the kernel has a thread for each pipe to wake"
                   : "the engine waits for all pipes at once, as "
                     "epoll does, and wakes the thread that reads");
}

static const struct demo demo = {
    .name = "nonblocking",
    .claim = "Of the ways to wait for many pipes, reading them in turn is late "
             "and asking again and again burns the CPU; to be told is neither.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
