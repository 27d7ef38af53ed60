/* SPDX-License-Identifier: MIT */
/*
 * context_x86_64.S - contexts in as few instructions as the ABI allows.
 *
 * A switch is an ordinary function call, so the caller has already saved what
 * the System V ABI lets a call destroy. What is left belongs to the thread:
 * six general registers, the stack pointer, and two control words (rounding,
 * exception masks) of the floating-point units. No signal mask: threads that
 * want one each pay for a system call at every switch, as ucontext does.
 *
 * A parked context is the address of this picture on the thread's own stack:
 *
 *      to ->  +0   mxcsr (4 bytes), x87 control word (2), unused (2)
 *             +8   r15  r14  r13  r12  rbx  rbp
 *             +56  where to go on
 *
 * The control words are loaded whether they differ or not: to compare first
 * costs more than it saves, even where the threads' sticky flags differ (5.0 ns
 * a switch against 6.8, with different flags 7.6 against 10.3, on a Zen 5).
 *
 * How it ends decides what it costs. The processor predicts returns from a
 * stack of the calls it has seen. If the thread that goes on was set aside at
 * the very call that sets this one aside, that prediction is right, and so are
 * those of the callers' returns after it: a return then. Else it would be
 * wrong each time: a jump, which is predicted by other means. A thread that
 * leaves for good has returned from all its calls, so it compares with the one
 * that was set aside last, whose calls are on top again.
 */

        .section uthreads_text, "ax", @progbits

/* For whoever unwinds the stack: it is at a picture, whole. */
        .macro  cfi_picture
        .cfi_def_cfa_offset 64
        .cfi_offset r15, -56
        .cfi_offset r14, -48
        .cfi_offset r13, -40
        .cfi_offset r12, -32
        .cfi_offset rbx, -24
        .cfi_offset rbp, -16
        .endm

/* void context_switch(struct context **from (rdi), struct context *to (rsi))
 * LAB(context): push, leave the address of the picture, change stacks, pop. */
        .globl  context_switch
        .hidden context_switch
        .type   context_switch, @function
        .p2align 5
context_switch:
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    56(%rsp), %rcx
        movq    %rcx, set_aside_last(%rip)

        /* From here on it is the other thread's stack. Its picture is laid
         * out the same, so what was said of it still holds. */
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp

.Lgo_on:
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        cmpq    56(%rsp), %rcx
        leaq    8(%rsp), %rsp /* addq would change the flags */
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbp
        jne     1f
        ret
1:      popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register rip, rcx
        jmp     *%rcx
        .cfi_endproc

        .size   context_switch, . - context_switch

/* void context_leave(struct context *to (rdi))
 * LAB(context): the second half of a switch. */
        .globl  context_leave
        .hidden context_leave
        .type   context_leave, @function
context_leave:
        .cfi_startproc
        movq    %rdi, %rsp
        cfi_picture
        movq    set_aside_last(%rip), %rcx
        jmp     .Lgo_on
        .cfi_endproc
        .size   context_leave, . - context_leave

        .local  set_aside_last
        .comm   set_aside_last, 8, 8 /* where that thread is to go on */

/* int context_return(int value (edi)) */
        .globl  context_return
        .hidden context_return
        .type   context_return, @function
        .p2align 4
context_return:
        .cfi_startproc
        movl    %edi, %eax
        popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register rip, rcx
        jmp     *%rcx
        .cfi_endproc
        .size   context_return, . - context_return

/*
 * Where a new context starts; rbx holds its entry function, which never
 * returns. Yet the address of this, where a caller's would be, lies on the
 * stack: here every backtrace ends, because the caller of this is undefined. A
 * debugger looks up a return address minus one, so the address is one byte in
 * (context_begin + 1): behind the first nop, still in this function.
 */
        .globl  context_begin
        .hidden context_begin
        .type   context_begin, @function
context_begin:
        .cfi_startproc
        .cfi_undefined rip
        nop
        jmp     *%rbx
        .cfi_endproc
        .size   context_begin, . - context_begin

/* void *const context_inside: where a thread that is set aside goes on, its
 * picture on top of its stack. See struct context_shape. */
        .section .data.rel.ro.local, "aw", @progbits
        .globl  context_inside
        .hidden context_inside
        .type   context_inside, @object
        .p2align 3
context_inside:
        .quad   .Lgo_on
        .size   context_inside, 8

        .section .note.GNU-stack, "", @progbits
