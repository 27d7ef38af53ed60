/* SPDX-License-Identifier: MIT */
/*
 * context_ucontext.c - contexts by getcontext, makecontext and swapcontext.
 *
 * The readable and portable backend. Its price: POSIX has a context carry the
 * signal mask, so glibc's swapcontext makes a system call (rt_sigprocmask) at
 * every switch, which costs far more than moving the registers.
 *
 * The ucontext_t, nearly a kilobyte, is a local variable of the function that
 * switches. While the thread is parked, that frame is the top of its stack and
 * stays as it is, so the context needs no memory of its own:
 *
 *      high  [ control block ]
 *            [ first context ]   made by context_make
 *            [ entry ... ]
 *            [ callers ... ]
 *            [ context_switch: here ]  <- what *from points to while parked
 *      low
 */
#include "context.h"

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

const char context_name[] = "ucontext";

struct context {
    ucontext_t uc;
};

/*
 * Below the entry function of a context, which never returns: where it seems
 * to have been called from. makecontext puts an address of glibc's own there,
 * where a debugger loses its way; this function's caller is undefined, and so
 * here every backtrace ends. Return addresses are looked up minus one, hence
 * the nop: the address behind it is still in this function.
 */
#if defined(__x86_64__)
#define NO_CALLER "rip"
#define NOP_SIZE  1
#elif defined(__aarch64__)
#define NO_CALLER "x30"
#define NOP_SIZE  4
#endif

#ifdef NO_CALLER
extern char context_begin[] __attribute__((visibility("hidden")));

__asm__(".globl context_begin\n"
        ".hidden context_begin\n"
        ".type context_begin, STT_FUNC\n"
        "context_begin: .cfi_startproc\n"
        "    .cfi_undefined " NO_CALLER "\n"
        "    nop\n"
        "    nop\n"
        "    .cfi_endproc\n"
        ".size context_begin, . - context_begin");
#endif

static void
end_backtraces_here(ucontext_t *uc)
{
#if defined(__x86_64__)
    char **caller = (char **)uc->uc_mcontext.gregs[REG_RSP];
    *caller = context_begin + NOP_SIZE;
#elif defined(__aarch64__)
    uc->uc_mcontext.regs[30] = (uintptr_t)context_begin + NOP_SIZE;
#endif
    (void)uc; /* elsewhere they end as glibc has it */
}

#define SAVED(field) offsetof(struct context, uc.uc_mcontext.field)

const struct context_shape context_shape = {
    .size = sizeof(struct context),
#if defined(__x86_64__)
    .saved = {SAVED(gregs[REG_RAX]), SAVED(gregs[REG_RDX]),
              SAVED(gregs[REG_RCX]), SAVED(gregs[REG_RBX]),
              SAVED(gregs[REG_RSI]), SAVED(gregs[REG_RDI]),
              SAVED(gregs[REG_RBP]), SAVED(gregs[REG_RSP]),
              SAVED(gregs[REG_R8]), SAVED(gregs[REG_R9]), SAVED(gregs[REG_R10]),
              SAVED(gregs[REG_R11]), SAVED(gregs[REG_R12]),
              SAVED(gregs[REG_R13]), SAVED(gregs[REG_R14]),
              SAVED(gregs[REG_R15]), SAVED(gregs[REG_RIP])},
#elif defined(__aarch64__)
    .saved = {SAVED(regs[0]),  SAVED(regs[1]),  SAVED(regs[2]),
              SAVED(regs[3]),  SAVED(regs[4]),  SAVED(regs[5]),
              SAVED(regs[6]),  SAVED(regs[7]),  SAVED(regs[8]),
              SAVED(regs[9]),  SAVED(regs[10]), SAVED(regs[11]),
              SAVED(regs[12]), SAVED(regs[13]), SAVED(regs[14]),
              SAVED(regs[15]), SAVED(regs[16]), SAVED(regs[17]),
              SAVED(regs[18]), SAVED(regs[19]), SAVED(regs[20]),
              SAVED(regs[21]), SAVED(regs[22]), SAVED(regs[23]),
              SAVED(regs[24]), SAVED(regs[25]), SAVED(regs[26]),
              SAVED(regs[27]), SAVED(regs[28]), SAVED(regs[29]),
              SAVED(regs[30]), SAVED(sp),       SAVED(pc)},
#endif
};

/* LAB(context): where does it lie, where does its stack begin, and what must
 * be filled in before makecontext? */
struct context *
context_make(void *low, void *high, void (*entry)(void))
{
    uintptr_t top = ((uintptr_t)high - sizeof(struct context)) & ~(uintptr_t)63;
    struct context *c = (struct context *)top;
    getcontext(
        &c->uc); /* fills in what makecontext leaves: the mask, FP state */
    c->uc.uc_stack.ss_sp = low;
    c->uc.uc_stack.ss_size = (size_t)(top - (uintptr_t)low);
    c->uc.uc_link = NULL;
    makecontext(&c->uc, entry, 0);
    end_backtraces_here(&c->uc);
    return c;
}

/* LAB(context): set here aside, and go there. */
void
context_switch(struct context **from, struct context *to)
{
    struct context here;
    *from = &here;
    swapcontext(&here.uc, &to->uc);
}

/* LAB(context): nothing is set aside. */
void
context_leave(struct context *to)
{
    setcontext(&to->uc);
}

int
context_return(int value)
{
    return value;
}
