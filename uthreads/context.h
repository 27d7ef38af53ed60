/* SPDX-License-Identifier: MIT */
/*
 * context.h - an execution, set aside: the registers and the stack they use.
 *
 * A context is what must be kept of a thread while it does not run, so that it
 * can go on as if nothing had happened. It is opaque, and it lies on the very
 * stack it describes: all that remains elsewhere of a parked thread is one
 * pointer. How it is saved and restored is the backend's business; one backend
 * is linked in, and every report names it (context_name).
 */
#ifndef UTHREADS_CONTEXT_H
#define UTHREADS_CONTEXT_H

#include <stdint.h>

struct context;

/* "ucontext": said in reports, so that a number is never without it. */
extern const char context_name[];

/*
 * Make a context in the memory from low up to high (a stack grows down, so its
 * start is near high). Switched to for the first time, it calls entry on that
 * stack. entry takes no argument, since a pointer does not travel through
 * makecontext's ints; it finds out who it is from the scheduler. It must never
 * return: there is nothing below it to return to.
 */
struct context *context_make(void *low, void *high, void (*entry)(void));

/*
 * Set the running execution aside, leaving a pointer to it in *from, and go on
 * with `to`. Returns when somebody switches to *from. `to` is used up: a
 * context is continued once.
 */
void context_switch(struct context **from, struct context *to);

/* Go on with `to` for good: the running execution is over, and nothing is set
 * aside. Never returns, and says so to no compiler: one that knew would call
 * this where it may as well jump (see context_x86_64.S). */
void context_leave(struct context *to);

/*
 * The value, returned by a jump. For a call that has let other threads run: as
 * its last word, `return context_return(error);`, this takes the caller's place
 * (a tail call), and goes back to where that was called from. If it was another
 * thread that was set aside last, from elsewhere in the program, then a
 * processor that predicts returns from the calls it has seen predicts this one
 * wrongly; that costs more than all the rest of handing over a mutex.
 */
int context_return(int value);

/*
 * What a context looks like, for a debugger that shows a parked thread: where
 * in it the registers are, by the numbers that DWARF gives them (of x86-64: 3
 * is rbx, 6 rbp, 7 rsp, 16 the return address; of Arm: 0 to 30, 31 is sp, 32
 * pc). An offset of UINT32_MAX: that register is not kept.
 */
#define CONTEXT_REGISTERS 33

struct context_shape {
    /* Holds an address in the switch itself: with the stack pointer at the
     * context, the thread goes on from there. NULL: it goes on at the pc that
     * was kept, with the sp that was kept. */
    void *const *inside;
    uint32_t size; /* of the context; above it the stack goes on */
    uint32_t saved[CONTEXT_REGISTERS];
};

extern const struct context_shape context_shape;

#endif
