/* SPDX-License-Identifier: MIT */
/*
 * no_gil.c - the kernel's model: there is no global lock, and nobody asks.
 *
 * All threads may run the program's code at the same instant. The kernel's
 * timer interrupts whatever runs, at any instruction: a kernel thread has a
 * stack in the kernel to be set aside on, and what is half changed in the
 * program is the program's to protect, with locks. There is nothing to turn on
 * and no way to turn it off.
 *
 * Read gil.c beside it: the same functions, where something happens in them.
 */
#include "gil.h"
#include "thread.h"

#include <errno.h>
#include <sched.h>

void
gil_start(void)
{
}

void
gil_take(void)
{
}

bool
gil_drop(void)
{
    return false;
}

void
gil_after_fork(void)
{
}

void
thread_yield(void)
{
    sched_yield();
}

void
thread_checkpoint(void)
{
    /* The kernel puts nothing off. */
}

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

const struct thread_model *
thread_model(void)
{
    static const struct thread_model model = {
        .name = "kernel",
        .textbook = "one-to-one",
        .context = "kernel",
        .policy = "kernel",
        .io_engine = "kernel",
        .io_fallback = NULL,
        .parallel = true,
        .shares_memory = true,
        .raw_call_stalls = false,
        .io_call_stalls = false,
        .preemptive = true,
        .checkpoint_switches = true,
    };
    return &model;
}
