/* SPDX-License-Identifier: MIT */
/*
 * context_asm.c - the first picture of a context for the assembly backends.
 *
 * context_switch finds a parked context's registers on its stack. A new one
 * has never run, so its picture is drawn here: every register zero, the control
 * words those of the creator (as POSIX has it for pthread_create), and "where to
 * go on" a stub, which goes to the entry function.
 */
#include "context.h"

#include <stddef.h>
#include <stdint.h>

const char context_name[] = "asm";

extern char context_begin[]; /* where all begin; the address lies behind a nop,
                                for a reason given there */
extern void *const context_inside; /* holds where context_switch goes on */

#define NONE    UINT32_MAX
#define AT(reg) offsetof(struct context, reg)

#if defined(__x86_64__)

struct context {
    uint32_t mxcsr;
    uint16_t x87_control, unused;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    char *resume;
    char *caller; /* what the entry finds where a caller's address would be */
};

const struct context_shape context_shape = {
    .inside = &context_inside,
    .size = AT(caller),
    .saved = {NONE, NONE, NONE, AT(rbx), NONE, NONE, AT(rbp), NONE, NONE, NONE,
              NONE, NONE, AT(r12), AT(r13), AT(r14), AT(r15), AT(resume)},
};

/* LAB(context): draw the picture that context_switch is to find. */
struct context *
context_make(void *low, void *high, void (*entry)(void))
{
    (void)low; /* the guard marks the end, nothing here looks at it */
    uintptr_t top = (uintptr_t)high & ~(uintptr_t)15;
    struct context *c = (struct context *)(top - sizeof *c);
    *c = (struct context){.rbx = (uintptr_t)entry,
                          .resume = context_begin + 1,
                          .caller = context_begin + 1};
    __asm__("stmxcsr %0" : "=m"(c->mxcsr));
    __asm__("fnstcw %0" : "=m"(c->x87_control));
    return c;
}

#elif defined(__aarch64__)

struct context {
    uint64_t fpcr, unused;
    uint64_t x19, x20_to_x28[9];
    uint64_t x29;
    char *resume; /* x30 */
    uint64_t d8_to_d15[8];
};

#define AT20(n) (AT(x20_to_x28) + 8 * ((n)-20))

const struct context_shape context_shape = {
    .inside = &context_inside,
    .size = sizeof(struct context),
    .saved = {NONE,     NONE,     NONE,      NONE,     NONE,     NONE,
              NONE,     NONE,     NONE,      NONE,     NONE,     NONE,
              NONE,     NONE,     NONE,      NONE,     NONE,     NONE,
              NONE,     AT(x19),  AT20(20),  AT20(21), AT20(22), AT20(23),
              AT20(24), AT20(25), AT20(26),  AT20(27), AT20(28), AT(x29),
              NONE,     NONE,     AT(resume)},
};

/* LAB(context): draw the picture that context_switch is to find. */
struct context *
context_make(void *low, void *high, void (*entry)(void))
{
    (void)low;
    uintptr_t top = (uintptr_t)high & ~(uintptr_t)15;
    struct context *c = (struct context *)(top - sizeof *c);
    *c = (struct context){.x19 = (uintptr_t)entry, .resume = context_begin + 4};
    __asm__("mrs %0, fpcr" : "=r"(c->fpcr));
    return c;
}

#else
#error "no assembly switch for this processor: build with CONTEXT=ucontext"
#endif
