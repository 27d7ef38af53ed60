/* SPDX-License-Identifier: MIT */
/*
 * blocking.c - a thread calls read(2) and there is nothing to read.
 *
 * The kernel puts the caller to sleep. Who is the caller? The kernel knows
 * kernel threads only. If a user-level library runs many threads on one of
 * them, all of them sleep, and the library cannot help it: it does not run. The
 * same comes of one lock around the whole program, if whoever makes the call
 * does not let go of it.
 *
 * Compare this file with uring.c: they differ in one call.
 */
#include "stall_verdict.h"

static void *
reader(void *arg)
{
    struct stall *s = arg;
    char byte;
    stall_ask(s);
    ssize_t got = read(s->answer, &byte, 1);
    stall_answered(s, got);
    return NULL;
}

static void
run(struct demo_run *d)
{
    struct stall *s = demo_shared(d, sizeof *s);
    stall_open(s, d);
    stall_predict_raw(s);
    stall_count_until_clear(s, reader);
    stall_judge(s);
}

static const struct demo demo = {
    .name = "blocking",
    .claim = "A read(2) that waits stops every thread that shares the caller's "
             "kernel thread, or needs a lock that it holds, and no other.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
