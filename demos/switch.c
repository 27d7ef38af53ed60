/* SPDX-License-Identifier: MIT */
/*
 * switch.c - what does it take to go from one thread to another?
 *
 * Two threads hand a token back and forth, on one CPU, so that each hand-over
 * is a switch. A library saves a few registers and loads others. The kernel
 * does that too, after it has been called, has found out whom to wake and whom
 * to run, and before it returns to another place than it was called from. For
 * another process it changes the address space as well, and what the CPU knew
 * of the old one is of no use.
 */
#include "demo.h"
#include "machine.h"
#include "sync.h"
#include "yardstick.h"

enum { ROUNDS = 15, TIMES = 300 };

#define CHEAP 0.5 /* of a hand-over between kernel threads, at most */

static struct shared {
    struct semaphore ping, pong;
} * s;

static void *
give_back(void *unused)
{
    for (int i = 0; i < TIMES; i++) {
        semaphore_wait(&s->ping);
        semaphore_post(&s->pong);
    }
    return unused;
}

/* As in yardstick.c, with our threads and our semaphores. */
static double
switch_ours(struct demo_run *d)
{
    thread_t other = demo_thread(d, "gives back", give_back, NULL);
    uint64_t start = thread_now();
    for (int i = 0; i < TIMES; i++) {
        semaphore_post(&s->ping);
        semaphore_wait(&s->pong);
    }
    double ns = 1e6 * demo_ms(start, thread_now()) / TIMES / 2;
    demo_join(other);
    return ns;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches();
    double ours = 0, thread = 0, process = 0;
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 "a hand-over takes %s than half as long as one between "
                 "kernel threads",
                 by_kernel ? "more" : "less");
    machine_stay_here();
    for (int i = 0; i < ROUNDS * d->scale; i++) {
        yardstick_keep(&ours, switch_ours(d));
        yardstick_keep(&thread, yardstick_switch_threads(TIMES));
        yardstick_keep(&process, yardstick_switch_processes(TIMES));
    }
    demo_measure(d, "switch", ours, "ns");
    demo_measure(d, "kernel_threads", thread, "ns");
    demo_measure(d, "processes", process, "ns");
    demo_measure(d, "of_kernel_threads", ours / thread, "times");
    demo_found(d,
               "a hand-over took %.0f ns, between kernel threads %.0f ns, and "
               "between processes %.0f ns",
               ours, thread, process);
    demo_judge(d, by_kernel ? ours > CHEAP * thread : ours < CHEAP * thread,
               "%s",
               by_kernel ? "each is a call into the kernel, which finds out "
                           "who is next"
                         : "the library exchanges registers, and the kernel "
                           "never hears of it");
}

static const struct demo demo = {
    .name = "switch",
    .claim = "To switch between threads of a library takes a fraction of a "
             "switch by the kernel.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
