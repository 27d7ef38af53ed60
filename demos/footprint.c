/* SPDX-License-Identifier: MIT */
/*
 * footprint.c - what does a parked thread take of the memory?
 *
 * Address space is not memory: a kernel thread's stack is 8 MiB of addresses,
 * of which it touches two pages. But somebody has to keep count of addresses
 * too, in page tables, and those are memory. A process has the whole of its own
 * tables, and a copy of each page that it or its parent has written to since.
 *
 * Counted are, over all processes of the experiment, the pages that hold the
 * program's data (a page that several share counts once) and the page tables.
 * The kernel's own part, its stack for each kernel thread among it, is in no
 * such figure.
 */
#include "demo.h"
#include "parked.h"

#define SMALL 0.8 /* of a kernel thread's, at most: a thread of a library */
#define LARGE 2.0 /* ... at least: a process */

/* What one of many that are parked takes, in KiB. */
static double
each(struct demo_run *d, enum parked_kind kind)
{
    double before = parked_memory(d);
    parked_begin(d, kind);
    double all = parked_memory(d) - before;
    parked_end();
    return all / PARKED;
}

static bool
as_expected(double ours, double thread)
{
    if (!thread_model()->shares_memory)
        return ours > LARGE * thread;
    if (!demo_kernel_switches())
        return ours < SMALL * thread;
    return ours > SMALL * thread && ours < LARGE * thread;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches();
    bool a_process = !thread_model()->shares_memory;
    parked_open();
    demo_predict(d, "a parked thread takes %s as one of the kernel's",
                 a_process   ? "twice as much memory"
                 : by_kernel ? "as much memory"
                             : "less than 80 % as much memory");
    double ours = each(d, PARKED_OURS);
    double thread = each(d, PARKED_KERNEL_THREADS);
    double process = each(d, PARKED_PROCESSES);
    demo_measure(d, "each", ours, "KiB");
    demo_measure(d, "kernel_thread", thread, "KiB");
    demo_measure(d, "process", process, "KiB");
    demo_found(d,
               "a parked thread took %.1f KiB, a kernel thread %.1f KiB, and a "
               "process %.1f KiB",
               ours, thread, process);
    demo_judge(d, as_expected(ours, thread), "%s",
               a_process ? "it has page tables of its own, and copies of what "
                           "was written to"
               : by_kernel ? "it has touched the ends of a large stack, far "
                             "from everybody else's"
                           : "its stack is one touched page among many others");
}

static const struct demo demo = {
    .name = "footprint",
    .claim =
        "A parked process takes more memory than a kernel thread, and that "
        "more than a thread of a library.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
