/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - a stack overflow, reported by name.
 *
 * The thread that has run into its guard has no stack left to run a signal
 * handler on, so the handler has a stack of its own (sigaltstack); without it
 * the kernel could only kill the process, and nobody would learn why.
 */
#include "overflow.h"

#include "panic.h"
#include "sched.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <ucontext.h>

#define HANDLER_STACK (32u * 1024)

/* How far below the stack pointer an access may lie and still be the stack's
 * own growth: the kernel's guard gap is larger. */
#define NEAR (1024u * 1024)

#if defined(__x86_64__)
#define STACK_POINTER(uc) ((uintptr_t)(uc)->uc_mcontext.gregs[REG_RSP])
#elif defined(__aarch64__)
#define STACK_POINTER(uc) ((uintptr_t)(uc)->uc_mcontext.sp)
#else
#define STACK_POINTER(uc) ((uintptr_t)0)
#endif

static uintptr_t main_top; /* an address near the start of main's stack */

/* Main's stack was made by the kernel. It has overflowed if the access that
 * failed lies near the stack pointer, and nearly a whole limit below where
 * main began. */
static bool
main_overflowed(uintptr_t address, uintptr_t sp)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0)
        return false;
    return address - sp + NEAR < 2 * NEAR &&
           main_top - address > limit.rlim_cur - NEAR;
}

static void
say_overflow(const struct uthread *t, size_t size, const char *remedy)
{
    say("threadbare: stack overflow: thread %lu%s%s%s has used up its stack "
        "of %zu KiB; %s\n",
        t->id, t->name[0] ? " '" : "", t->name, t->name[0] ? "'" : "",
        size / 1024, remedy);
}

static void
on_segv(int sig, siginfo_t *info, void *context)
{
    const struct uthread *t = the_sched.current;
    uintptr_t address = (uintptr_t)info->si_addr;
    if (stack_guards(t->stack, info->si_addr))
        say_overflow(t, t->stack.size - STACK_HEAD,
                     "give it more with thread_attr.stack_size");
    else if (t == &the_sched.main &&
             main_overflowed(address, STACK_POINTER((ucontext_t *)context))) {
        struct rlimit limit;
        getrlimit(RLIMIT_STACK, &limit);
        say_overflow(t, limit.rlim_cur, "give it more with ulimit -s");
    }
    /* Die of the same access, now without a handler: the core file shows the
     * thread where it failed. */
    signal(sig, SIG_DFL);
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
        static _Alignas(16) char memory[HANDLER_STACK];
        stack_t own = {.ss_sp = memory, .ss_size = sizeof memory};
        if (sigaltstack(&own, NULL) != 0)
            return;
    }
    struct sigaction action = {.sa_sigaction = on_segv,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
}
