/* SPDX-License-Identifier: MIT */
/*
 * race.c - x = x + 1 in one thread, x = x - 2 in another: what is x then?
 *
 * Each of the two is three steps: load x, compute, store it. A store between
 * another thread's load and store is lost. Whether that can happen depends on
 * who may come between two instructions: nobody, if threads take turns and
 * give the CPU up only where they say so; anybody, if they run at the same
 * instant. Three ways: bare; with a switch invited into the middle; and that
 * with a lock around it.
 *
 *      thread 1:  load x .................. store x + 1     (1's is lost, or
 *      thread 2:         load x .. store x - 2               2's: one of them)
 *
 * x is volatile: else a compiler keeps it in a register, stores once at the
 * end, and the race cannot be seen.
 */
#include "demo.h"
#include "machine.h"
#include "sync.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { BARE_STEPS = 300000, STEPS = 400, MOST_ROUNDS = 300 };
enum way { BARE, WINDOW, LOCKED, WAYS };
enum { LOAD, STORE, LOG_SIZE = 4 * STEPS };

static struct shared {
    volatile long x;
    struct mutex lock;
    struct barrier start;
    enum way way;
    atomic_int logged;
    struct entry {
        int thread, what;
        long value;
    } log[LOG_SIZE]; /* of the last round with a window */
} * s;

static void
note(int thread, int what, long value)
{
    int i = s->logged++;
    if (i < LOG_SIZE)
        s->log[i] = (struct entry){thread, what, value};
}

static void
slow_step(int thread, long delta)
{
    long was = s->x;
    note(thread, LOAD, was);
    thread_yield();
    s->x = was + delta;
    note(thread, STORE, was + delta);
}

static void *
add(void *number)
{
    int thread = (int)(uintptr_t)number;
    long delta = thread == 1 ? 1 : -2;
    barrier_wait(&s->start);
    for (int i = 0; s->way == BARE && i < BARE_STEPS; i++)
        s->x = s->x + delta;
    for (int i = 0; s->way != BARE && i < STEPS; i++) {
        if (s->way == LOCKED)
            mutex_lock(&s->lock);
        slow_step(thread, delta);
        if (s->way == LOCKED)
            mutex_unlock(&s->lock);
    }
    return NULL;
}

/* How far off is x after each thread has taken all its steps? */
static long
one_round(struct demo_run *d, enum way way)
{
    thread_t threads[2];
    s->x = 0;
    s->way = way;
    s->logged = 0;
    for (uintptr_t i = 0; i < 2; i++)
        threads[i] =
            demo_thread(d, i ? "minus 2" : "plus 1", add, (void *)(i + 1));
    for (int i = 0; i < 2; i++)
        demo_join(threads[i]);
    return labs(s->x - -(long)(way == BARE ? BARE_STEPS : STEPS));
}

/* ... the most of some rounds; a race that may be lost gets many chances. */
static long
off_by(struct demo_run *d, enum way way, bool may_lose)
{
    long off = 0;
    uint64_t give_up = thread_now() + (uint64_t)(4e9 * d->scale);
    for (int i = 0; i < (may_lose ? MOST_ROUNDS : 3) && off == 0; i++) {
        off = one_round(d, way);
        if (thread_now() > give_up)
            break;
    }
    return off;
}

/* Draw the first update that was lost, until both have stored: two loads
 * without a store between. */
static void
draw_loss(struct demo_run *d)
{
    int count = s->logged < LOG_SIZE ? s->logged : LOG_SIZE, stores = 0;
    demo_show(d, "x = x + 1               x = x - 2");
    for (int i = 0; i + 3 < count; i++) {
        const struct entry *e = &s->log[i];
        if (e[0].what != LOAD || e[1].what != LOAD ||
            e[0].thread == e[1].thread)
            continue;
        for (int j = 0; i + j < count && stores < 2; j++) {
            stores += e[j].what == STORE;
            demo_show(d, "%*s%s %ld", e[j].thread == 1 ? 0 : 24, "",
                      e[j].what == LOAD ? "loads " : "stores", e[j].value);
        }
        return;
    }
}

static void
run(struct demo_run *d)
{
    const struct thread_model *m = thread_model();
    bool sure = m->parallel && machine_cpus() >= 2,
         none = !m->parallel && !m->preemptive;
    s = demo_shared(d, sizeof *s);
    barrier_init(&s->start, 2);
    demo_predict(d,
                 "bare, updates %s lost; with a switch between load and store "
                 "they are lost; under a lock none is",
                 none   ? "are not"
                 : sure ? "are"
                        : "may be");
    long bare = off_by(d, BARE, sure);
    long locked = off_by(d, LOCKED, false);
    long window = off_by(d, WINDOW, true);
    draw_loss(d);
    demo_measure(d, "bare_off_by", (double)bare, "of x");
    demo_measure(d, "window_off_by", (double)window, "of x");
    demo_measure(d, "locked_off_by", (double)locked, "of x");
    demo_found(d,
               "x was off by %ld bare, by %ld with a switch in the middle, and "
               "by %ld under a lock",
               bare, window, locked);
    if (sure && bare == 0 && window > 0 && locked == 0)
        demo_skip(d, "the two never ran at the same instant: others had the "
                     "CPUs.");
    demo_judge(d,
               window > 0 && locked == 0 && (none ? bare == 0 : !sure || bare),
               "%s",
               none ? "nobody comes between two instructions, until a call in "
                      "the middle lets him"
               : sure ? "the two run at the same instant, and any two "
                        "instructions may have another thread's between them"
                      : "a thread may be interrupted between any two "
                        "instructions, but seldom is");
}

static const struct demo demo = {
    .name = "race",
    .claim =
        "An update that is a load and a store can be lost wherever another "
        "thread can come between them, and a lock keeps it out.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
