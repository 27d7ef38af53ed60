/* SPDX-License-Identifier: MIT */
/* post.c - see post.h. */
#include "post.h"

#include "other.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { GAP_MS = 8 };

_Static_assert(POST_MESSAGES == POST_PIPES * POST_ROUNDS, "one each a round");

/* ---- The other process ---- */

static void
shuffle(int order[POST_PIPES], unsigned *seed)
{
    for (int i = 0; i < POST_PIPES; i++) {
        int j = rand_r(seed) % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

static void
send_round(struct post *p)
{
    int order[POST_PIPES];
    shuffle(order, &p->seed);
    for (int i = 0; i < POST_PIPES; i++) {
        other_sleep(p->gap);
        uint64_t now = thread_now();
        if (write(p->pipes[order[i]][1], &now, sizeof now) < 0)
            _exit(1);
    }
}

static void
send_rounds(void *arg)
{
    struct post *p = arg;
    char byte;
    close(p->go[1]);
    while (read(p->go[0], &byte, 1) == 1)
        for (int i = 0; i < POST_ROUNDS; i++)
            send_round(p);
}

/* ---- Ours ---- */

void
post_open(struct post *p, struct demo_run *d)
{
    *p = (struct post){
        .d = d,
        .gap = (uint64_t)(GAP_MS * 1e6 * d->scale),
        .seed = (unsigned)d->seed,
    };
    int error = pipe(p->go);
    for (int i = 0; i < POST_PIPES; i++)
        error |= pipe(p->pipes[i]);
    if (error)
        demo_fail("pipe: %s", strerror(errno));
    other_start(send_rounds, p);
    close(p->go[0]);
    for (int i = 0; i < POST_PIPES; i++)
        close(p->pipes[i][1]);
}

static uint64_t
cpu_time(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

struct post_cost
post_try(struct post *p, const char *name, void *(*receive)(void *post))
{
    p->count = 0;
    uint64_t burnt = cpu_time(), start = thread_now();
    if (write(p->go[1], "!", 1) != 1)
        demo_fail("the other process: %s", strerror(errno));
    thread_join(demo_thread(p->d, name, receive, p), NULL);
    double share = demo_ms(burnt, cpu_time()) / demo_ms(start, thread_now());
    return (struct post_cost){demo_median(p->latency, POST_MESSAGES),
                              100 * share};
}

int
post_fd(const struct post *p, int pipe)
{
    return p->pipes[pipe][0];
}

void
post_note(struct post *p, ssize_t got, uint64_t sent)
{
    if (got < 0 && errno == EAGAIN)
        return;
    if (got != sizeof sent)
        demo_fail("a message: %s", got < 0 ? strerror(errno) : "cut short");
    p->latency[p->count++] = demo_ms(sent, thread_now());
}
