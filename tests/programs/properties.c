/* SPDX-License-Identifier: MIT */
/*
 * properties.c - a program that works with threads and tells how: for scripts
 * that look at settings, traces and refusals from outside.
 */
#include "io.h"
#include "thread.h"

#include <stdio.h>
#include <unistd.h>

static void *
read_byte(void *fd)
{
    static char byte;
    ssize_t n = thread_read(*(int *)fd, &byte, 1);
    return n == 1 ? &byte : NULL;
}

int
main(void)
{
    const struct thread_model *m = thread_model();
    int ends[2];
    thread_t reader;
    void *byte = NULL;
    thread_self(); /* begins, or refuses to */
    printf("parallel=%d\nshares_memory=%d\nraw_call_stalls=%d\npreemptive=%d\n"
           "checkpoint_switches=%d\n",
           m->parallel, m->shares_memory, m->raw_call_stalls, m->preemptive,
           m->checkpoint_switches);
    printf("model=%s\nio_engine=%s\nio_call_stalls=%d\nio_fallback=%s\n",
           m->name, m->io_engine, m->io_call_stalls,
           m->io_fallback ? m->io_fallback : "");
    if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1 ||
        thread_create(&reader, NULL, read_byte, &ends[0]) != 0 ||
        thread_join(reader, &byte) != 0 || !byte)
        return 1;
    printf("result=%c\n", *(char *)byte);
    return 0;
}
