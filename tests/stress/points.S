/* SPDX-License-Identifier: MIT */
/*
 * points.S - a forced switch before every call of the contract.
 *
 * The linker is told to --wrap each name NAME that the contract has: calls of
 * NAME then go to __wrap_NAME, and __real_NAME is the function itself. Here is
 * what each __wrap_NAME does: yield, and then jump to the real one as if
 * nothing had happened, whatever its arguments are. The library is the one
 * that everybody uses; it does not know, and pays nothing.
 *
 * The Makefile appends a line "point NAME" for each name.
 */
#if defined(__x86_64__)

.macro point name
    .globl __wrap_\name
    .type __wrap_\name, @function
__wrap_\name:
    .cfi_startproc
    .irp register, rdi, rsi, rdx, rcx, r8, r9, rax
    push %\register
    .cfi_adjust_cfa_offset 8
    .endr
    call stress_point@PLT
    .irp register, rax, r9, r8, rcx, rdx, rsi, rdi
    pop %\register
    .cfi_adjust_cfa_offset -8
    .endr
    jmp __real_\name@PLT
    .cfi_endproc
    .size __wrap_\name, . - __wrap_\name
.endm

#elif defined(__aarch64__)

.macro point name
    .globl __wrap_\name
    .type __wrap_\name, %function
__wrap_\name:
    .cfi_startproc
    stp x29, x30, [sp, #-80]!
    .cfi_def_cfa_offset 80
    .cfi_offset x29, -80
    .cfi_offset x30, -72
    stp x0, x1, [sp, #16]
    stp x2, x3, [sp, #32]
    stp x4, x5, [sp, #48]
    stp x6, x7, [sp, #64]
    bl stress_point
    ldp x0, x1, [sp, #16]
    ldp x2, x3, [sp, #32]
    ldp x4, x5, [sp, #48]
    ldp x6, x7, [sp, #64]
    ldp x29, x30, [sp], #80
    .cfi_def_cfa_offset 0
    .cfi_restore x29
    .cfi_restore x30
    b __real_\name
    .cfi_endproc
    .size __wrap_\name, . - __wrap_\name
.endm

#endif

    .section .note.GNU-stack, "", %progbits
    .text
