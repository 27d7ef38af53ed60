/* SPDX-License-Identifier: MIT */
/*
 * uring.c - a thread calls thread_read and there is nothing to read.
 *
 * A user-level library that sees the call can hand it to the kernel to be done
 * in the background (io_uring), put the calling *thread* to sleep, and run the
 * others. The kernel thread under them waits only when nobody else is ready.
 *
 * Compare this file with blocking.c: they differ in one call.
 */
#include "stall_verdict.h"

static void *
reader(void *arg)
{
    struct stall *s = arg;
    char byte;
    stall_ask(s);
    ssize_t got = thread_read(s->answer, &byte, 1);
    stall_answered(s, got);
    return NULL;
}

static void
run(struct demo_run *d)
{
    struct stall *s = demo_shared(d, sizeof *s);
    stall_open(s, d);
    stall_predict_io(s);
    stall_count_until_clear(s, reader);
    stall_judge(s);
}

static const struct demo demo = {
    .name = "uring",
    .claim = "A thread_read that waits stops nobody else, where io_uring or a "
             "kernel thread of its own does the waiting.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
