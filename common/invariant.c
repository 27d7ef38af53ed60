/* SPDX-License-Identifier: MIT */
/* invariant.c - thread_invariant of thread.h, the same in every model. */
#include "panic.h"
#include "thread.h"

void
thread_invariant_failed(const char *condition, const char *file, int line)
{
    panic("%s:%d: thread_invariant: %s", file, line, condition);
}
