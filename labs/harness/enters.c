/* SPDX-License-Identifier: MIT */
/*
 * enters.c - a filter, a handler, and one place from which io_uring_enter is
 * not filtered.
 *
 * The filter knows that place by the address behind its instruction, so the
 * handler's own call does not come back to it.
 */
#include "enters.h"

#include "lab.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <unistd.h>

static struct enters all, told;

/* ---- The place ---- */

/* io_uring_enter(fd, to_submit, min_complete, flags, arg, size): its result, or
 * -errno. A function's arguments lie where a system call's do; but on x86-64
 * the fourth, since the system call itself uses rcx. */
long enters_call(long fd, long to_submit, long min_complete, long flags,
                 long arg, long size);
extern const char enters_behind[]; /* its system call */

#if defined(__x86_64__)
__asm__(".text\n"
        "enters_call:\n"
        "        movq %rcx, %r10\n"
        "        movl $426, %eax\n"
        "        syscall\n"
        "enters_behind:\n"
        "        ret\n");

static greg_t *
argument(ucontext_t *context, int number)
{
    static const int place[] = {REG_RDI, REG_RSI, REG_RDX,
                                REG_R10, REG_R8,  REG_R9};
    return &context->uc_mcontext.gregs[place[number]];
}

static greg_t *
result(ucontext_t *context)
{
    return &context->uc_mcontext.gregs[REG_RAX];
}
#elif defined(__aarch64__)
__asm__(".text\n"
        "enters_call:\n"
        "        mov x8, #426\n"
        "        svc #0\n"
        "enters_behind:\n"
        "        ret\n");

static unsigned long long *
argument(ucontext_t *context, int number)
{
    return &context->uc_mcontext.regs[number];
}

static unsigned long long *
result(ucontext_t *context)
{
    return &context->uc_mcontext.regs[0];
}
#else
#error "the registers of a system call are not known here"
#endif

/* ---- The handler ---- */

/* Runs on the stack of whoever made the call, instead of it. */
static void
on_enter(int signo, siginfo_t *info, void *where)
{
    int error = errno;
    ucontext_t *context = where;
    long a[6];
    (void)signo, (void)info;
    for (int i = 0; i < 6; i++)
        a[i] = (long)*argument(context, i);
    all.calls++;
    long n = enters_call(a[0], a[1], a[2], a[3], a[4], a[5]);
    if (n > 0)
        all.submitted += (unsigned)n;
    memcpy(result(context), &n, sizeof n);
    errno = error;
}

/* ---- The filter ---- */

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define UNLESS(value, skip) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, skip)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define FIELD(name)  offsetof(struct seccomp_data, name)

static void
give_up(const char *step)
{
    dprintf(STDERR_FILENO, "enters: %s: %s\n", step, strerror(errno));
    _exit(2);
}

/* An address is two words, the low one first. */
static void
filter(uint64_t place)
{
    struct sock_filter code[] = {
        LOAD(FIELD(nr)),
        UNLESS(SYS_io_uring_enter, 4),
        LOAD(FIELD(instruction_pointer)),
        UNLESS(place, 3),
        LOAD(FIELD(instruction_pointer) + 4),
        UNLESS(place >> 32, 1),
        RETURN(SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_TRAP),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        give_up("no new privileges");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        give_up("a filter of system calls");
}

void
enters_begin(void)
{
    struct sigaction action = {.sa_sigaction = on_enter,
                               .sa_flags = SA_SIGINFO};
    if (sigaction(SIGSYS, &action, NULL) != 0)
        give_up("a handler of SIGSYS");
    filter((uintptr_t)enters_behind);
}

struct enters
enters_since(void)
{
    struct enters since = {all.calls - told.calls,
                           all.submitted - told.submitted};
    told = all;
    return since;
}
