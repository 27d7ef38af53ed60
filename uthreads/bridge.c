/* SPDX-License-Identifier: MIT */
/*
 * bridge.c - a function that is never called, for a debugger to stand on.
 *
 * A debugger shows the stack of a parked thread as if the running one had been
 * called by it: it unwinds the running thread's frame into this function, with
 * the parked thread's registers, and from here on in the ordinary way. What it
 * needs of us is unwind information, and two things in it:
 *
 *    - It is a signal frame. The parked stack may lie anywhere, and only from
 *      the frame of a signal handler does a debugger follow a chain of frames
 *      to another stack without taking it for a broken one.
 *    - The caller's pc is in a register, since there is none on a stack that
 *      was left in the middle of a function.
 *
 * The debugger puts its finger one byte in, behind the no-operation, as it
 * would find a return address.
 */
#include "debug.h"

#if defined(__x86_64__)
#define CALLER_IN_A_REGISTER       \
    "    .cfi_def_cfa rsp, 0\n"    \
    "    .cfi_register rip, rax\n" \
    "    .cfi_undefined rax\n"     \
    "    .cfi_same_value rbx\n"    \
    "    .cfi_same_value rbp\n"    \
    "    .cfi_same_value r12\n"    \
    "    .cfi_same_value r13\n"    \
    "    .cfi_same_value r14\n"    \
    "    .cfi_same_value r15\n"
#elif defined(__aarch64__)
#define CALLER_IN_A_REGISTER   \
    "    .cfi_def_cfa sp, 0\n" \
    "    .cfi_register x30, x9\n"
#else
#define CALLER_IN_A_REGISTER "    .cfi_undefined 0\n"
#endif

__asm__(".pushsection uthreads_text, \"ax\", %progbits\n"
        "    .globl debug_bridge\n"
        "    .hidden debug_bridge\n"
        "    .type debug_bridge, %function\n"
        "debug_bridge:\n"
        "    .cfi_startproc\n"
        "    .cfi_signal_frame\n" CALLER_IN_A_REGISTER "    nop\n"
        "    nop\n"
        "    .cfi_endproc\n"
        "    .size debug_bridge, . - debug_bridge\n"
        "    .popsection\n");
