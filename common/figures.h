/* SPDX-License-Identifier: MIT */
/*
 * figures.h - what the kernel alone knows of a thread that it runs.
 *
 * How often and how long one of its threads was on a CPU, and how deep a stack
 * has been, is asked in the same way of a thread and of a process.
 */
#ifndef COMMON_FIGURES_H
#define COMMON_FIGURES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* What a clock shows, in ns; 0 if it has gone with its thread. */
uint64_t figures_clock(clockid_t clock);

/* How often a kernel thread, or a process of one, has left the CPU. */
uint64_t figures_times_left(pid_t tid);

/* How many bytes of a stack have ever been used. top may be NULL: 0 then. It
 * must lie in the caller's own memory. */
size_t figures_stack_used(const char *top, size_t size);

#endif
