/* SPDX-License-Identifier: MIT */
/*
 * context_aarch64.S - the same for 64-bit Arm, by AAPCS64.
 *
 * What belongs to the thread across a call: x19 to x28, the frame pointer x29,
 * the link register x30 (where to go on), the lower halves of v8 to v15, the
 * stack pointer, and the floating-point control register.
 *
 *      to ->  +0    fpcr, unused
 *             +16   x19 x20 ... x27 x28
 *             +96   x29 x30
 *             +112  d8 ... d15
 *
 * Reading fpcr is cheap, writing it is not: it is written only if it differs.
 */

#define SIZE 176

        .section uthreads_text, "ax", %progbits

/* For whoever unwinds the stack: it is at a picture, whole. */
        .macro  cfi_picture
        .cfi_def_cfa_offset SIZE
        .cfi_rel_offset x19, 16
        .cfi_rel_offset x20, 24
        .cfi_rel_offset x21, 32
        .cfi_rel_offset x22, 40
        .cfi_rel_offset x23, 48
        .cfi_rel_offset x24, 56
        .cfi_rel_offset x25, 64
        .cfi_rel_offset x26, 72
        .cfi_rel_offset x27, 80
        .cfi_rel_offset x28, 88
        .cfi_rel_offset x29, 96
        .cfi_rel_offset x30, 104
        .cfi_rel_offset d8, 112
        .cfi_rel_offset d9, 120
        .cfi_rel_offset d10, 128
        .cfi_rel_offset d11, 136
        .cfi_rel_offset d12, 144
        .cfi_rel_offset d13, 152
        .cfi_rel_offset d14, 160
        .cfi_rel_offset d15, 168
        .endm

/* void context_switch(struct context **from (x0), struct context *to (x1)) */
        .globl  context_switch
        .hidden context_switch
        .type   context_switch, %function
        .p2align 5
context_switch:
        .cfi_startproc
        sub     sp, sp, #SIZE
        .cfi_adjust_cfa_offset SIZE
        stp     x19, x20, [sp, #16]
        .cfi_rel_offset x19, 16
        .cfi_rel_offset x20, 24
        stp     x21, x22, [sp, #32]
        .cfi_rel_offset x21, 32
        .cfi_rel_offset x22, 40
        stp     x23, x24, [sp, #48]
        .cfi_rel_offset x23, 48
        .cfi_rel_offset x24, 56
        stp     x25, x26, [sp, #64]
        .cfi_rel_offset x25, 64
        .cfi_rel_offset x26, 72
        stp     x27, x28, [sp, #80]
        .cfi_rel_offset x27, 80
        .cfi_rel_offset x28, 88
        stp     x29, x30, [sp, #96]
        .cfi_rel_offset x29, 96
        .cfi_rel_offset x30, 104
        stp     d8, d9, [sp, #112]
        .cfi_rel_offset d8, 112
        .cfi_rel_offset d9, 120
        stp     d10, d11, [sp, #128]
        .cfi_rel_offset d10, 128
        .cfi_rel_offset d11, 136
        stp     d12, d13, [sp, #144]
        .cfi_rel_offset d12, 144
        .cfi_rel_offset d13, 152
        stp     d14, d15, [sp, #160]
        .cfi_rel_offset d14, 160
        .cfi_rel_offset d15, 168
        mrs     x9, fpcr
        str     x9, [sp]

        /* From here on it is the other thread's stack. */
        mov     x10, sp
        str     x10, [x0]
        mov     sp, x1

.Lgo_on:
        ldr     x10, [sp]
        cmp     x9, x10
        b.eq    1f
        msr     fpcr, x10
1:      ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp, #96]
        ldp     d8, d9, [sp, #112]
        ldp     d10, d11, [sp, #128]
        ldp     d12, d13, [sp, #144]
        ldp     d14, d15, [sp, #160]
        .cfi_restore x19
        .cfi_restore x20
        .cfi_restore x21
        .cfi_restore x22
        .cfi_restore x23
        .cfi_restore x24
        .cfi_restore x25
        .cfi_restore x26
        .cfi_restore x27
        .cfi_restore x28
        .cfi_restore x29
        .cfi_restore x30
        .cfi_restore d8
        .cfi_restore d9
        .cfi_restore d10
        .cfi_restore d11
        .cfi_restore d12
        .cfi_restore d13
        .cfi_restore d14
        .cfi_restore d15
        add     sp, sp, #SIZE
        .cfi_adjust_cfa_offset -SIZE
        br      x30
        .cfi_endproc
        .size   context_switch, . - context_switch

/* void context_leave(struct context *to (x0)) */
        .globl  context_leave
        .hidden context_leave
        .type   context_leave, %function
context_leave:
        .cfi_startproc
        mov     sp, x0
        cfi_picture
        mrs     x9, fpcr
        b       .Lgo_on
        .cfi_endproc
        .size   context_leave, . - context_leave

/* int context_return(int value (w0)) */
        .globl  context_return
        .hidden context_return
        .type   context_return, %function
context_return:
        .cfi_startproc
        mov     x16, x30
        br      x16
        .cfi_endproc
        .size   context_return, . - context_return

/* Where a new context starts; x19 holds its entry function. See the x86-64
 * file for the nop. */
        .globl  context_begin
        .hidden context_begin
        .type   context_begin, %function
context_begin:
        .cfi_startproc
        .cfi_undefined x30
        nop
        blr     x19
        brk     #1
        .cfi_endproc
        .size   context_begin, . - context_begin

/* void *const context_inside: where a thread that is set aside goes on, its
 * picture on top of its stack. See struct context_shape. */
        .section .data.rel.ro.local, "aw", %progbits
        .globl  context_inside
        .hidden context_inside
        .type   context_inside, %object
        .p2align 3
context_inside:
        .quad   .Lgo_on
        .size   context_inside, 8

        .section .note.GNU-stack, "", %progbits
