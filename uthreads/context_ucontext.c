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
    return c;
}

void
context_switch(struct context **from, struct context *to)
{
    struct context here;
    *from = &here;
    swapcontext(&here.uc, &to->uc);
}

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
