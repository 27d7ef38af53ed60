/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - a thread that recurses for ever, in the way that is asked for:
 *   thread  on a stack of 64 KiB
 *   main    on main's own stack
 *   frame   with one frame far larger than any guard
 *   wild    not at all: it writes to an address that nobody has
 */
#include "thread.h"

#include <stdio.h>
#include <string.h>

static int __attribute__((noinline)) recurse(volatile int *depth)
{
    volatile char frame[512];
    frame[0] = (char)++*depth;
    return *depth == -1 ? 0 : recurse(depth) + frame[0];
}

static void *
recurse_for_ever(void *unused)
{
    volatile int depth = 0;
    recurse(&depth);
    return unused;
}

static void *
use_one_large_frame(void *unused)
{
    volatile char frame[1024 * 1024];
    frame[0] = 1;
    for (size_t i = 0; i < sizeof frame; i += 64)
        frame[i] = 2;
    return unused;
}

static void *
write_wildly(void *unused)
{
    *(volatile int *)4096 = 1;
    return unused;
}

int
main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    struct thread_attr attr = {.name = "deep", .stack_size = 64 * 1024};
    void *(*fn)(void *) = recurse_for_ever;
    thread_t thread;
    if (strcmp(how, "frame") == 0)
        fn = use_one_large_frame;
    if (strcmp(how, "wild") == 0)
        fn = write_wildly;
    if (strcmp(how, "main") == 0) {
        thread_self();
        fn(NULL);
    }
    if (thread_create(&thread, &attr, fn, NULL) != 0)
        return 1;
    thread_join(thread, NULL);
    puts("survived");
    return 0;
}
