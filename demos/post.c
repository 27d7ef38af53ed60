/* SPDX-License-Identifier: MIT */
/* post.c - see post.h. */
#include "post.h"

#include "other.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

static double
milliseconds(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* In ms: ours, and that of threads that were processes and have been joined. */
static double
cpu_time(void)
{
    struct rusage us, them;
    getrusage(RUSAGE_SELF, &us);
    getrusage(RUSAGE_CHILDREN, &them);
    return milliseconds(us.ru_utime) + milliseconds(us.ru_stime) +
           milliseconds(them.ru_utime) + milliseconds(them.ru_stime);
}

struct post_cost
post_try(struct post *p, const char *name, void *(*receive)(void *post))
{
    p->count = 0;
    double burnt = cpu_time();
    uint64_t start = thread_now();
    if (write(p->go[1], "!", 1) != 1)
        demo_fail("the other process: %s", strerror(errno));
    demo_join(demo_thread(p->d, name, receive, p));
    double share = (cpu_time() - burnt) / demo_ms(start, thread_now());
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
