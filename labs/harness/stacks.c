/* SPDX-License-Identifier: MIT */
/*
 * stacks.c - what the library asks of its lower floors, counted and refused.
 *
 * A test program is linked with --wrap for these functions, so that each call
 * of them passes here first.
 */
#include "lab.h"
#include "stack.h"
#include "time.h"

#include <errno.h>
#include <stdint.h>

int __real_stack_alloc(struct stack *stack, size_t size);
int __wrap_stack_alloc(struct stack *stack, size_t size);
void __real_stack_free(struct stack stack);
void __wrap_stack_free(struct stack stack);
int __real_time_reserve(size_t count);
int __wrap_time_reserve(size_t count);

static struct lab_stacks stacks;
static size_t stacks_to_refuse, timers_to_refuse;

struct lab_stacks
lab_stacks(void)
{
    return stacks;
}

void
lab_refuse_stacks(size_t count)
{
    stacks_to_refuse = count;
}

void
lab_refuse_timers(size_t count)
{
    timers_to_refuse = count;
}

int
__wrap_stack_alloc(struct stack *stack, size_t size)
{
    if (stacks_to_refuse > 0) {
        stacks_to_refuse--;
        stacks.failed++;
        return ENOMEM;
    }
    int error = __real_stack_alloc(stack, size);
    stacks.live += error == 0;
    return error;
}

void
__wrap_stack_free(struct stack stack)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t low = (uintptr_t)stack.low;
    stacks.in_use |= here >= low && here < low + stack.size;
    stacks.twice |= stacks.live == 0;
    stacks.live--;
    __real_stack_free(stack);
}

int
__wrap_time_reserve(size_t count)
{
    if (timers_to_refuse > 0) {
        timers_to_refuse--;
        return ENOMEM;
    }
    return __real_time_reserve(count);
}
