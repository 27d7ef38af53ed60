/* SPDX-License-Identifier: MIT */
/*
 * preempt.c - preemption is the kernel's.
 *
 * Its timer interrupts whatever runs, at any instruction: a kernel thread has
 * a stack in the kernel to be set aside on, and what is half changed in the
 * program is the program's to protect, with locks. There is nothing to turn on
 * and no way to turn it off.
 */
#include "thread.h"

#include <errno.h>

int
thread_preempt(uint64_t quantum)
{
    (void)quantum;
    return ENOTSUP;
}

void
thread_preemption(struct thread_preemption *p)
{
    *p = (struct thread_preemption){.source = NULL};
}

void
thread_checkpoint(void)
{
    /* The kernel puts nothing off. */
}
