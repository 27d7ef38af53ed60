/* SPDX-License-Identifier: MIT */
/* stall.c - see stall.h. */
#include "stall.h"

#include <errno.h>
#include <string.h>

enum { COUNTERS = 3, BEFORE_MS = 60, DELAY_MS = 300, TRIES = 3 };

#define TURN_NS 50000u /* how long a counter works before it yields */

/* ---- The other process ---- */

void
stall_open(struct stall *s, struct demo_run *d)
{
    stall_open_giving(s, d, answerer_give_byte);
}

void
stall_open_alone(struct stall *s, struct demo_run *d)
{
    *s = (struct stall){
        .d = d,
        .wait = "call",
        .before = (uint64_t)(BEFORE_MS * 1e6 * d->scale),
        .delay = (uint64_t)(DELAY_MS * 1e6 * d->scale),
    };
}

void
stall_open_giving(struct stall *s, struct demo_run *d, answerer_give *give)
{
    stall_open_alone(s, d);
    answerer_start(&s->other, give);
    s->answer = s->other.answer;
}

/* ---- Counting ---- */

/* Raise a mark that several threads raise; returns where it was. */
static uint64_t
raise_mark(_Atomic uint64_t *mark, uint64_t to)
{
    uint64_t was = *mark;
    while (was < to && !atomic_compare_exchange_weak(mark, &was, to))
        continue;
    return was;
}

/* There was progress, or the wait is over: how long has it been silent? */
static void
end_silence(struct stall *s)
{
    uint64_t now = thread_now();
    uint64_t last = raise_mark(&s->progress, now);
    if (now > last)
        raise_mark(&s->longest, now - last);
}

static void *
counter(void *arg)
{
    struct stall *s = arg;
    while (!s->stop) {
        uint64_t end = thread_now() + TURN_NS;
        while (thread_now() < end)
            continue; /* work */
        if (s->waiting) {
            end_silence(s);
            s->counted++;
        }
        thread_yield();
    }
    return NULL;
}

void
stall_begin(struct stall *s)
{
    s->progress = s->asked = thread_now(); /* silence is counted from here */
    s->waiting = true;
}

void
stall_end(struct stall *s)
{
    s->answered = thread_now();
    end_silence(s);
    s->waiting = false;
}

void
stall_ask(struct stall *s)
{
    stall_begin(s);
    answerer_ask(&s->other, s->delay);
}

void
stall_answered(struct stall *s, ssize_t got)
{
    if (got != 1)
        demo_fail("the answer: %s", got ? strerror(errno) : "end of file");
    stall_end(s);
}

void
stall_count_while(struct stall *s, void *(*reader)(void *))
{
    static const char *const names[COUNTERS] = {"counter 1", "counter 2",
                                                "counter 3"};
    thread_t counters[COUNTERS];
    s->stop = false;
    s->longest = s->counted = 0;
    for (int i = 0; i < COUNTERS; i++)
        counters[i] = demo_thread(s->d, names[i], counter, s);
    thread_sleep(s->before);
    demo_join(demo_thread(s->d, "reader", reader, s));
    thread_sleep(s->before);
    s->stop = true;
    for (int i = 0; i < COUNTERS; i++)
        demo_join(counters[i]);
}

/* ---- What came of it ---- */

double
stall_silence(const struct stall *s)
{
    return (double)s->longest / (double)(s->answered - s->asked);
}

double
stall_work(const struct stall *s)
{
    double worked = (double)s->counted * TURN_NS;
    return worked / (double)(s->answered - s->asked);
}

bool
stall_is_stalled(const struct stall *s)
{
    return stall_silence(s) >= STALL_STALLED;
}

bool
stall_is_free(const struct stall *s)
{
    return stall_silence(s) < STALL_FREE;
}

bool
stall_is_clear(const struct stall *s)
{
    return stall_is_stalled(s) || stall_is_free(s);
}

void
stall_count_until_clear(struct stall *s, void *(*reader)(void *))
{
    int tries = 0;
    do
        stall_count_while(s, reader);
    while (!stall_is_clear(s) && ++tries < TRIES);
}
