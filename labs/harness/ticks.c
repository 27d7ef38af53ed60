/* SPDX-License-Identifier: MIT */
/*
 * ticks.c - stands between the library and the kernel: timers, the handler, the
 * breakpoint. See ticks.h.
 *
 * Calls that succeed may change errno, and these do, since a handler must bear
 * that.
 */
#include "ticks.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NEAR 512 /* bytes: the code of lab_visit, and little more */

int __real_timer_create(clockid_t clock, struct sigevent *event, timer_t *id);
int __wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *id);
int __real_timer_settime(timer_t id, int flags, const struct itimerspec *value,
                         struct itimerspec *old);
int __wrap_timer_settime(timer_t id, int flags, const struct itimerspec *value,
                         struct itimerspec *old);
int __real_timer_delete(timer_t id);
int __wrap_timer_delete(timer_t id);
int __real_sigaction(int sig, const struct sigaction *action,
                     struct sigaction *old);
int __wrap_sigaction(int sig, const struct sigaction *action,
                     struct sigaction *old);
int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

static bool playing;
static struct lab_timer timer = {.periodic = true};
static uint64_t period; /* ns; 0: it does not run */
static int lane = -1;   /* where its settings are said; -1: nowhere */
static int tick_signal = SIGVTALRM;
static int timer_error, handler_error;

static struct {
    bool there, enabled;
    int fd;
    uintptr_t address;
    int reached;
} breakpoint;

void
lab_play_kernel(bool breakpoints)
{
    playing = true;
    breakpoint.there = breakpoints;
}

void
lab_say_timer(int in_lane)
{
    lane = in_lane;
}

struct lab_timer
lab_timer(void)
{
    return timer;
}

int
lab_ways_out(void)
{
    return breakpoint.reached;
}

void
lab_refuse_timer(int error)
{
    timer_error = error;
}

void
lab_refuse_handler(int error)
{
    handler_error = error;
}

/* ---- The timer ---- */

static bool
is_cpu_time(clockid_t clock)
{
    return clock == CLOCK_THREAD_CPUTIME_ID ||
           clock == CLOCK_PROCESS_CPUTIME_ID;
}

int
__wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *id)
{
    if (timer_error) {
        errno = timer_error;
        timer_error = 0;
        return -1;
    }
    int error = __real_timer_create(clock, event, id);
    timer.live += error == 0;
    timer.cpu_time = is_cpu_time(clock);
    timer.to_thread = event && event->sigev_notify == SIGEV_THREAD_ID &&
                      event->_sigev_un._tid == gettid();
    if (event)
        tick_signal = event->sigev_signo;
    return error;
}

int
__wrap_timer_delete(timer_t id)
{
    timer.live--;
    period = 0;
    return __real_timer_delete(id);
}

static const char *
words_of(uint64_t ns)
{
    return ns == 0 ? "off" : ns < LAB_QUANTUM ? "soon" : "quantum";
}

static uint64_t
nanoseconds(struct timespec t)
{
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int
__wrap_timer_settime(timer_t id, int flags, const struct itimerspec *value,
                     struct itimerspec *old)
{
    uint64_t now = nanoseconds(value->it_value);
    timer.periodic &= now == nanoseconds(value->it_interval);
    if (lane >= 0 && words_of(now) != words_of(period))
        lab_say(lane, "timer: %s", words_of(now));
    period = now;
    int error = playing ? 0 : __real_timer_settime(id, flags, value, old);
    errno = EIO;
    return error;
}

/* ---- The signal ---- */

int
__wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
    if (sig != tick_signal || !action)
        return __real_sigaction(sig, action, old);
    if (handler_error) {
        errno = handler_error;
        handler_error = 0;
        return -1;
    }
    timer.flags = action->sa_flags;
    return __real_sigaction(sig, action, old);
}

int
__wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    int error = __real_pthread_sigmask(how, set, old);
    errno = EIO;
    return error;
}

/* ---- The breakpoint ---- */

static int
open_breakpoint(const struct perf_event_attr *attr)
{
    if (attr->type != PERF_TYPE_BREAKPOINT || !breakpoint.there) {
        errno = EACCES;
        return -1;
    }
    breakpoint.enabled = false;
    breakpoint.fd = eventfd(0, EFD_CLOEXEC);
    return breakpoint.fd;
}

long
__wrap_syscall(long number, ...)
{
    long word[6];
    va_list args;
    va_start(args, number);
    for (int i = 0; i < 6; i++)
        word[i] = va_arg(args, long);
    va_end(args);
    if (playing && number == SYS_perf_event_open)
        return open_breakpoint((const struct perf_event_attr *)word[0]);
    return __real_syscall(number, word[0], word[1], word[2], word[3], word[4],
                          word[5]);
}

static int
set_breakpoint(unsigned long request, const struct perf_event_attr *attr)
{
    if (request == PERF_EVENT_IOC_MODIFY_ATTRIBUTES) {
        breakpoint.address = (uintptr_t)attr->bp_addr;
        breakpoint.enabled = !attr->disabled;
    } else {
        breakpoint.enabled = request == PERF_EVENT_IOC_ENABLE;
    }
    errno = EIO;
    return 0;
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);
    if (breakpoint.fd && fd == breakpoint.fd)
        return set_breakpoint(request, argument);
    return __real_ioctl(fd, request, argument);
}

/* ---- Ticks ---- */

/* A system call with no function of the C library around it: so the signal
 * finds the thread here, where this is compiled to. */
static inline __attribute__((always_inline)) long
call_kernel(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
                     : "memory");
    return x0;
#endif
}

__attribute__((noinline)) void
lab_tick(void)
{
    if (period > 0)
        call_kernel(SYS_tgkill, getpid(), gettid(), tick_signal, 0);
}

/* The same, where the thread library's code lies. */
__attribute__((noinline, section("uthreads_text"))) static void
own_library(bool tick)
{
    if (tick)
        call_kernel(SYS_tgkill, getpid(), gettid(), tick_signal, 0);
}

static void
c_library(bool tick)
{
    if (tick)
        tgkill(getpid(), gettid(), tick_signal);
}

/* As the kernel sends it. Its code marks it as the kernel's, which a process
 * may only send to itself. */
static void
send_breakpoint(void)
{
    siginfo_t info = {.si_signo = tick_signal, .si_code = POLL_IN};
    info.si_fd = breakpoint.fd;
    breakpoint.reached++;
    call_kernel(SYS_rt_tgsigqueueinfo, getpid(), gettid(), tick_signal,
                (long)&info);
}

/* The breakpoint must be in this function: here the program goes on. */
__attribute__((noinline)) void
lab_visit(int in_lane, enum lab_place place, bool tick, void (*inside)(void))
{
    tick &= period > 0;
    if (place == LAB_OWN_LIBRARY)
        own_library(tick);
    else
        c_library(tick);
    if (inside)
        inside();
    lab_say(in_lane, "comes back");
    uintptr_t here = (uintptr_t)lab_visit;
    if (breakpoint.enabled && breakpoint.address - here < NEAR)
        send_breakpoint();
}
