/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - a stack overflow, reported by name.
 *
 * The thread that has run into its guard has no stack left to run a signal
 * handler on, so the handler has a stack of its own (sigaltstack); without it
 * the kernel could only kill the process, and nobody would learn why.
 *
 * Not every access to a guard is an overflow. A stack overflows when its stack
 * pointer comes down to the guard; an access from far above is an index or a
 * pointer gone astray, and a larger stack would be no cure for it:
 *
 *          guard        the thread's stack
 *      |  x         | sp                          |   overflow
 *      |  x         |               sp            |   wild, its own guard
 *      |  x         |     (another's, or free)        wild; sp is elsewhere
 */
#include "overflow.h"

#include "panic.h"
#include "sched.h"
#include "tell.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <ucontext.h>

/* How far below its limit a stack pointer may have come with one frame. */
#define NEAR ((uintptr_t)1024 * 1024)

/* How far below the stack pointer a function may write: a pushed register, or
 * the red zone of one that calls no other. */
#define RED_ZONE ((uintptr_t)128)

/* How much room the kernel needs on a stack to deliver a signal there, more
 * or less: all registers, the wide ones too. */
#define SIGNAL_FRAME ((uintptr_t)8192)

/* Where we cannot tell, every access to the guard passes for an overflow. */
#if defined(__x86_64__)
#define STACK_POINTER(uc, address) ((uintptr_t)(uc)->uc_mcontext.gregs[REG_RSP])
#elif defined(__aarch64__)
#define STACK_POINTER(uc, address) ((uintptr_t)(uc)->uc_mcontext.sp)
#else
#define STACK_POINTER(uc, address) (address)
#endif

/* What has failed: an access to this address, with the stack pointer there. */
struct fault {
    uintptr_t address, sp;
    bool no_room; /* none: the kernel could not put a signal on the stack */
};

_Alignas(16) char overflow_stack[OVERFLOW_STACK];

static uintptr_t main_top; /* an address near the start of main's stack */

/* Main's stack was made by the kernel. It has overflowed if the access that
 * failed lies near the stack pointer, and nearly a whole limit below where
 * main began. */
static bool
main_overflowed(const struct fault *f)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0)
        return false;
    return f->address - f->sp + NEAR < 2 * NEAR &&
           main_top - f->address > limit.rlim_cur - NEAR;
}

/* Has the stack pointer come down to the guard, and the access with it? */
static bool
overflowed(const struct uthread *t, const struct fault *f)
{
    uintptr_t low = (uintptr_t)t->stack.low;
    if (!low)
        return main_overflowed(f);
    if (f->no_room)
        return f->sp - (low - NEAR) < NEAR + SIGNAL_FRAME;
    return f->sp - (low - NEAR) <= NEAR + RED_ZONE &&
           f->address + RED_ZONE >= f->sp && f->address < low;
}

static void
say_overflow(const struct uthread *t, const struct fault *f)
{
    size_t size = t->stack.size - STACK_HEAD;
    uintptr_t top = (uintptr_t)t;
    const char *remedy = "thread_attr.stack_size";
    if (!t->stack.low) {
        struct rlimit limit;
        getrlimit(RLIMIT_STACK, &limit);
        size = limit.rlim_cur;
        top = main_top;
        remedy = "ulimit -s";
    }
    say("threadbare: stack overflow: ");
    tell_thread(t->id, t->name);
    say(" is %zu KiB deep and has used up its stack of %zu KiB; give it more "
        "with %s\n",
        (size_t)(top - f->sp) / 1024, size / 1024, remedy);
}

/* Whose guard is it? NULL: nobody's, or that of a free stack. */
static const struct uthread *
owner_of_guard(uintptr_t address)
{
    const struct uthread *t;
    size_t position = 0;
    while ((t = table_next(&the_sched.table, &position)) != NULL)
        if (stack_guards(t->stack, (const void *)address))
            return t;
    return NULL;
}

/* If it was the guard of a stack, say of which. */
static void
say_whose_guard(const struct uthread *t, const struct fault *f)
{
    const struct uthread *owner = owner_of_guard(f->address);
    if (!owner && !stack_is_guard((const void *)f->address))
        return;
    say("threadbare: wild access: ");
    tell_thread(t->id, t->name);
    say(" has touched %p, in the guard of ", (void *)f->address);
    if (owner == t)
        say("its own stack, %zu KiB below its stack pointer",
            (size_t)(f->sp - f->address) / 1024);
    else if (owner)
        tell_thread(owner->id, owner->name);
    else
        say("a stack that no thread has any more");
    say("; more stack is no remedy\n");
}

static void
on_segv(int sig, siginfo_t *info, void *context)
{
    const struct uthread *t = the_sched.current;
    struct fault f = {.address = (uintptr_t)info->si_addr,
                      .no_room = info->si_code == SI_KERNEL};
    f.sp = STACK_POINTER((ucontext_t *)context, f.address);
    if (info->si_code > 0 && overflowed(t, &f))
        say_overflow(t, &f);
    else if (info->si_code > 0)
        say_whose_guard(t, &f);
    /* Die of the same access, now without a handler: the core file shows the
     * thread where it failed. What was sent to us, by kill or because a signal
     * found no room, does not come again of itself. */
    signal(sig, SIG_DFL);
    if (info->si_code <= 0 || f.no_room)
        raise(sig);
}

void
overflow_start(void)
{
    struct sigaction now;
    stack_t none;
    if (sigaction(SIGSEGV, NULL, &now) != 0 || now.sa_handler != SIG_DFL ||
        sigaltstack(NULL, &none) != 0)
        return;
    main_top = (uintptr_t)__builtin_frame_address(0);
    if (none.ss_flags & SS_DISABLE) {
        stack_t own = {.ss_sp = overflow_stack,
                       .ss_size = sizeof overflow_stack};
        if (sigaltstack(&own, NULL) != 0)
            return;
    }
    struct sigaction action = {.sa_sigaction = on_segv,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
}
