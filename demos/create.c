/* SPDX-License-Identifier: MIT */
/*
 * create.c - what does it take to make a thread?
 *
 * A library fills in a control block. The kernel makes a kernel thread: a stack
 * in the kernel, an entry in its tables, a place in its ready queue. For a
 * process it also copies the address space, or the tables that describe it,
 * which is why a process costs by the size of its parent: all are made here
 * beside a small parent and a large one.
 *
 * The C library keeps the stacks of threads that have ended, and ours does so
 * too, so these are second-hand threads; `cost` has fresh ones.
 */
#include "demo.h"
#include "yardstick.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ROUNDS = 60, LARGE_ROUNDS = 12, BATCH = 5, LARGE_MIB = 48 };

#define CHEAP 0.5 /* of a kernel thread, at most: no kernel thread was made */
#define GROWN 0.5 /* of what a process takes longer beside the large parent */

struct times {
    double ours, thread, process;
};

static void *
nothing(void *arg)
{
    return arg;
}

static double
create_ours(struct demo_run *d)
{
    uint64_t start = thread_now();
    for (int i = 0; i < BATCH; i++)
        demo_join(demo_thread(d, "nothing", nothing, NULL));
    return 1e6 * demo_ms(start, thread_now()) / BATCH;
}

/* The shortest of so many, taken by turns. */
static struct times
measure(struct demo_run *d, int rounds)
{
    struct times t = {0, 0, 0};
    for (int i = 0; i < rounds; i++) {
        yardstick_keep(&t.ours, create_ours(d));
        yardstick_keep(&t.thread, yardstick_create_thread());
        yardstick_keep(&t.process, yardstick_create_process());
    }
    return t;
}

/* Be a large process: in small pages, each with an entry in the tables. */
static void
grow(void)
{
    size_t size = (size_t)LARGE_MIB << 20;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    madvise(memory, size, MADV_NOHUGEPAGE);
    memset(memory, 1, size);
}

static bool
as_expected(const struct times *t, double growth)
{
    if (!demo_kernel_switches())
        return t->ours < CHEAP * t->thread && growth < GROWN;
    if (thread_model()->shares_memory)
        return t->ours > CHEAP * t->thread && t->ours < t->process &&
               growth < GROWN;
    return t->ours > t->thread && growth >= GROWN;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches();
    bool a_process = !thread_model()->shares_memory;
    demo_predict(d,
                 "a thread is made and joined in %s, and %s if the program "
                 "is large",
                 a_process   ? "more time than one of the kernel's"
                 : by_kernel ? "the time of one of the kernel's, and less than "
                               "a process"
                             : "less than half the time of one of the "
                               "kernel's",
                 a_process ? "longer, as a process is" : "hardly longer");
    struct times small = measure(d, (int)(ROUNDS * d->scale) + 1);
    grow();
    struct times large = measure(d, (int)(LARGE_ROUNDS * d->scale) + 1);
    double growth = (large.ours - small.ours) / (large.process - small.process);
    demo_measure(d, "create", small.ours, "ns");
    demo_measure(d, "kernel_thread", small.thread, "ns");
    demo_measure(d, "process", small.process, "ns");
    demo_measure(d, "large_create", large.ours, "ns");
    demo_measure(d, "large_kernel_thread", large.thread, "ns");
    demo_measure(d, "large_process", large.process, "ns");
    demo_found(d,
               "a thread took %.1f us, a kernel thread %.1f us and a process "
               "%.1f us; with %d MiB more %.1f us, %.1f us and %.1f us",
               small.ours / 1e3, small.thread / 1e3, small.process / 1e3,
               LARGE_MIB, large.ours / 1e3, large.thread / 1e3,
               large.process / 1e3);
    demo_judge(d, as_expected(&small, growth), "%s",
               a_process   ? "the kernel copies the tables of the parent's "
                             "memory"
               : by_kernel ? "the kernel makes and ends it, but copies no "
                             "memory"
                           : "the library writes a few hundred bytes, and asks "
                             "nobody");
}

static const struct demo demo = {
    .name = "create",
    .claim = "To make a process takes longer than to make a kernel thread, and "
             "that longer than a thread of a library.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
