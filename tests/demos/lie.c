/* SPDX-License-Identifier: MIT */
/*
 * lie.c - a thread model that lies about itself.
 *
 * An experiment predicts from the properties of its model. To see that it can
 * be surprised, it is linked with this, by --wrap=thread_model: who is said to
 * stall does not, and the other way about. With SHARES_TRULY in the environment
 * it tells the truth about what threads share: for an experiment that does not
 * even begin where they share nothing.
 */
#include "thread.h"

#include <stdlib.h>
#include <string.h>

const struct thread_model *__real_thread_model(void);
const struct thread_model *__wrap_thread_model(void);

const struct thread_model *
__wrap_thread_model(void)
{
    static struct thread_model lie;
    lie = *__real_thread_model();
    lie.raw_call_stalls = !lie.raw_call_stalls;
    lie.io_call_stalls = !lie.io_call_stalls;
    if (!getenv("SHARES_TRULY"))
        lie.shares_memory = !lie.shares_memory;
    lie.parallel = !lie.parallel;
    lie.context = strcmp(lie.context, "kernel") ? "kernel" : "ucontext";
    return &lie;
}
