/* SPDX-License-Identifier: MIT */
/*
 * process.h - another process, looked at from outside.
 *
 * Nothing in it is stopped or called: its memory is read through
 * process_vm_readv(2), so it does not matter whether it is running, or stalled
 * in a system call. What we read belongs to different moments, a few
 * microseconds apart, and may be changed while we do: a reader checks what it
 * got, and believes no pointer.
 */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include "descriptor.h"

#include <stdbool.h>
#include <sys/types.h>

struct process {
    pid_t pid;
    char name[32];                /* of its program */
    struct descriptor descriptor; /* where its threads lie */
};

/* Find the threads of a process. If there are none to be found, says why on
 * standard error and ends with exit status 1. */
void process_open(struct process *p, pid_t pid);

/* Copy size bytes of its memory. False: they are not all there. */
bool process_read(const struct process *p, const void *address, void *to,
                  size_t size);

/* Copy the string at address, cut to size - 1 bytes; "" if it is not there. */
void process_string(const struct process *p, const void *address, char *to,
                    size_t size);

/* What the kernel knows of one of its kernel threads, whichever process it is
 * of. */
struct kernel_task {
    char state;        /* 'R' running or about to, 'S' 'D' asleep; 0: gone */
    uint64_t run_ns;   /* CPU time; 0: not known */
    uint64_t switches; /* times it was given the CPU; 0: not known */
};
struct kernel_task process_task(pid_t tid);

/* The lowest page between two addresses that has memory; `high` if none. */
uint64_t process_lowest_page(const struct process *p, uint64_t low,
                             uint64_t high);

#endif
