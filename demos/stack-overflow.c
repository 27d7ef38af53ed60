/* SPDX-License-Identifier: MIT */
/*
 * stack-overflow.c - endless recursion, and what stops it.
 *
 * A stack has an end, and below it lies somebody else's memory. Between the two
 * is a guard: pages that nobody may touch, so that the first step too far kills
 * the process, where without them it would silently overwrite a neighbour.
 * Counted is how deep a thread came before that: as deep as its stack is large.
 * It happens in a child process, which shares the count with us.
 */
#include "demo.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 256 * 1024, FRAME = 1024 };

/* Of the stack: the frames are a little larger than what we count, and what a
 * model rounds up belongs to the thread too. */
#define LEAST 0.75
#define MOST  1.35

static atomic_long *depth; /* bytes; shared with the child */
static volatile bool endless = true;

static int
recurse(int n)
{
    volatile char frame[FRAME];
    frame[0] = (char)n;
    *depth += FRAME;
    if (endless)
        n = recurse(n + 1);
    return n + frame[0]; /* so that the frame is still needed */
}

static void *
fall(void *arg)
{
    recurse(0);
    return arg;
}

/* The child's whole life. */
static void
be_the_victim(void)
{
    thread_t thread;
    struct thread_attr attr = {.name = "deep", .stack_size = STACK};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    close(STDERR_FILENO); /* its last words are known */
    if (thread_create(&thread, &attr, fall, NULL) != 0)
        _exit(EXIT_FAILURE);
    thread_join(thread, NULL);
    _exit(EXIT_SUCCESS);
}

static void
run(struct demo_run *d)
{
    int status;
    depth = mmap(NULL, sizeof *depth, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (depth == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    fflush(NULL);
    pid_t child = fork(); /* before any contract call: it has its own threads */
    if (child == 0)
        be_the_victim();
    if (child < 0 || waitpid(child, &status, 0) < 0)
        demo_fail("the child: %s", strerror(errno));

    /* Whoever touches the guard dies, and takes along who shares its memory. */
    bool stopped = WIFSIGNALED(status) == thread_model()->shares_memory;
    demo_predict(d, "it is stopped after %.0f to %.0f %% of its stack",
                 100 * LEAST, 100 * MOST);
    double share = (double)*depth / STACK;
    demo_measure(d, "depth", (double)*depth / 1024, "KiB");
    demo_measure(d, "of_its_stack", 100 * share, "%");
    demo_found(d, "a thread with a stack of %d KiB came %ld KiB deep",
               STACK / 1024, *depth / 1024);
    demo_judge(d, stopped && share >= LEAST && share <= MOST,
               "then it touched the guard, and was stopped");
}

static const struct demo demo = {
    .name = "stack-overflow",
    .claim = "A stack that overflows is stopped by its guard before it harms "
             "a neighbour.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
