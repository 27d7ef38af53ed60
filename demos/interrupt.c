/* SPDX-License-Identifier: MIT */
/*
 * interrupt.c - a thread that does not stop: who can make it?
 *
 * One thread spins, and another one wants to run. What may come between two
 * instructions of the spinner decides: a timer of the kernel or the library's
 * (preemption), a request that is answered where the loop offers it
 * (thread_checkpoint), or nothing but its own goodwill (thread_yield). Three
 * spinners, one with each.
 *
 * The spinner itself looks whether the other has run, so nothing depends on how
 * fast the machine is: it gives up soon if nobody should come, and waits long
 * if somebody should.
 */
#include "demo.h"

#include <stdatomic.h>
#include <time.h>

enum { PATIENCE_MS = 60, LONG_PATIENCE_MS = 5000 };
enum manner { NO_CALL, CHECKPOINTS, YIELDS, MANNERS };

static struct shared {
    atomic_uint others_turns;
    atomic_bool spinning, over;
    atomic_bool came; /* the other ran while the spinner spun */
    enum manner manner;
    double patience_ms;
} * s;

/* By the clock and not by the contract: the spinner calls nothing. */
static double
now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void *
spinner(void *unused)
{
    unsigned before = s->others_turns;
    double end = now_ms() + s->patience_ms;
    s->spinning = true;
    while (s->others_turns == before && now_ms() < end) {
        if (s->manner == CHECKPOINTS)
            thread_checkpoint();
        if (s->manner == YIELDS)
            thread_yield();
    }
    s->came = s->others_turns != before;
    s->spinning = false;
    return unused;
}

/* Run whenever that is possible. */
static void *
other(void *unused)
{
    while (!s->over) {
        if (s->spinning)
            s->others_turns++;
        thread_yield();
    }
    return unused;
}

/* Does the other run while the spinner spins? */
static bool
comes(struct demo_run *d, enum manner manner, bool expected)
{
    s->manner = manner;
    s->came = s->spinning = s->over = false;
    s->patience_ms = expected ? LONG_PATIENCE_MS : PATIENCE_MS * d->scale;
    thread_t waits = demo_thread(d, "other", other, NULL);
    thread_t spins = demo_thread(d, "spinner", spinner, NULL);
    demo_join(spins);
    s->over = true;
    demo_join(waits);
    return s->came;
}

static void
run(struct demo_run *d)
{
    const struct thread_model *m = thread_model();
    const bool expected[MANNERS] = {m->preemptive, m->checkpoint_switches,
                                    true};
    bool held = true;
    int came = 0;
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 "beside a spinner another thread %s if that calls nothing, "
                 "%s if it offers checkpoints, and runs if it yields",
                 expected[NO_CALL] ? "runs" : "starves",
                 expected[CHECKPOINTS] ? "runs" : "starves");
    bool ran[MANNERS];
    for (int manner = 0; manner < MANNERS; manner++) {
        ran[manner] = comes(d, (enum manner)manner, expected[manner]);
        held = held && ran[manner] == expected[manner];
        came += ran[manner];
    }
    demo_measure(d, "interrupted", came, "of 3");
    demo_measure(d, "runs_beside_no_call", ran[NO_CALL], "of 1");
    demo_measure(d, "runs_beside_checkpoints", ran[CHECKPOINTS], "of 1");
    demo_measure(d, "runs_beside_yields", ran[YIELDS], "of 1");
    demo_found(d, "beside %d of 3 spinners the other ran%s%s", came,
               ran[NO_CALL] ? ", one that calls nothing among them" : "",
               ran[CHECKPOINTS] && !ran[NO_CALL]
                   ? ", beside one that offers checkpoints, too"
                   : "");
    demo_judge(d, held, "%s",
               m->preemptive ? "a timer interrupts it, wherever it is"
               : m->checkpoint_switches
                   ? "it keeps the lock until it is asked, and is asked only "
                     "at its checkpoints"
                   : "nothing takes the CPU from a thread that does not give "
                     "it up");
}

static const struct demo demo = {
    .name = "interrupt",
    .claim = "A thread that spins starves the others unless somebody can "
             "interrupt it, at any instruction or where it lets them.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
