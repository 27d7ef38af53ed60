/* SPDX-License-Identifier: MIT */
/*
 * shortest.c - the shortest correct switch: what the System V ABI leaves to a
 * callee (six registers, mxcsr, the x87 control word), saved and loaded, and
 * nothing else: no comparison, no words for a debugger. It ends in a jump; a
 * return would be predicted wrongly each time.
 */
#include "context.h"

#if defined(__x86_64__)

#include <stdint.h>

__asm__(".text\n"
        ".globl context_switch\n"
        ".type context_switch, @function\n"
        ".p2align 5\n"
        "context_switch:\n"
        "        pushq   %rbp\n"
        "        pushq   %rbx\n"
        "        pushq   %r12\n"
        "        pushq   %r13\n"
        "        pushq   %r14\n"
        "        pushq   %r15\n"
        "        subq    $8, %rsp\n"
        "        stmxcsr (%rsp)\n"
        "        fnstcw  4(%rsp)\n"
        "        movq    %rsp, (%rdi)\n"
        "        movq    %rsi, %rsp\n"
        "        ldmxcsr (%rsp)\n"
        "        fldcw   4(%rsp)\n"
        "        addq    $8, %rsp\n"
        "        popq    %r15\n"
        "        popq    %r14\n"
        "        popq    %r13\n"
        "        popq    %r12\n"
        "        popq    %rbx\n"
        "        popq    %rbp\n"
        "        popq    %rcx\n"
        "        jmp     *%rcx\n"
        ".size context_switch, . - context_switch\n");

struct context {
    uint32_t mxcsr;
    uint16_t x87_control, unused;
    uint64_t registers[6];
    void (*resume)(void);
    void *caller; /* there is none */
};

struct context *
context_make(void *low, void *high, void (*entry)(void))
{
    (void)low;
    struct context *c = (struct context *)high - 1;
    *c = (struct context){.resume = entry};
    __asm__("stmxcsr %0" : "=m"(c->mxcsr));
    __asm__("fnstcw %0" : "=m"(c->x87_control));
    return c;
}

#else
#error "the shortest switch is written for x86-64 only"
#endif
