/* SPDX-License-Identifier: MIT */
/*
 * preempt.c - taking the CPU from a thread that does not give it up.
 *
 * A timer interrupts the running thread with a signal, and the handler, still
 * on that thread's stack, lets the scheduler switch to another. When the
 * thread is given the CPU again it returns from the handler, and the kernel
 * restores every register from the signal frame.
 *
 * The moment has to be right. In the middle of malloc, of printf or of our own
 * scheduler, data are half changed, and the next thread would go on with them.
 * So only the program's own code is interrupted: if the instruction that was
 * about to run belongs to a shared library (the C library is one) or to this
 * library, the tick is deferred:
 *
 *      program text | our text | other libraries
 *      switch       | defer    | defer
 *
 * That costs nothing while there is no tick; a counter that every call of ours
 * and of the C library had to raise and lower would cost each of them. It asks
 * one thing of the program: to be linked dynamically, so that its code and the
 * C library's can be told apart. Code of the program that the C library calls
 * back (a comparison in qsort) is the program's.
 *
 * A deferred tick is served as soon as the thread is back in the program's text,
 * which a breakpoint tells (way_out.c), or at the next thread_checkpoint. Where
 * there are no breakpoints, it is tried again soon, and a thread that prints in
 * a loop keeps the CPU for many quanta unless it offers checkpoints.
 *
 * The timer. Time that the process does not run must not count: else a
 * thread's raw read(2) would be cut short by a tick meant for nobody. Two
 * clocks of the kernel count CPU time: a performance counter (PERF_COUNT_SW_
 * TASK_CLOCK), as fine as one likes, where it is allowed; and a POSIX timer on
 * the CPU-time clock, which only looks at the kernel's own tick (250 or 1000
 * times a second). UTHREADS_TICK=real asks for a timer on real time instead,
 * to show the harm it does. While at most one thread is ready, none runs.
 */
#include "preempt.h"

#include "explore.h"
#include "panic.h"
#include "sched.h"
#include "setting.h"
#include "way_out.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define TICK_SIGNAL SIGVTALRM
#define QUANTUM_MIN (10u * 1000)
#define QUANTUM_MAX (10u * (uint64_t)NS_PER_SEC)
#define RETRY       (50u * 1000) /* ns until a deferred tick comes again */

/* A source of ticks. */
struct source {
    const char *name; /* as UTHREADS_TICK spells it */

    /* Get ready. Returns 0 or an errno number. */
    int (*open)(void);

    /* Tick every so many ns from now; 0: not at all. A signal handler calls
     * it. */
    void (*set)(uint64_t ns);

    void (*close)(void);
};

static struct {
    const struct source *source; /* NULL: off */
    uint64_t quantum;
    uint64_t period; /* of the ticks now: the quantum, RETRY, or 0 */
    uint64_t ticks, served, deferred;
    uint64_t regular;  /* ticks at the pace of the quantum */
    uint64_t cpu_time; /* between the first and the last of those */
    uint64_t last;     /* CPU time at the last one; 0: none */

    struct uthread *wanted;  /* whose last tick was deferred; or NULL */
    uint64_t wanted_in_turn; /* its switches then: in another turn it is void */
} state;

/* ---- Sources ---- */

static int counter = -1;

static int
perf_open(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .config = PERF_COUNT_SW_TASK_CLOCK,
                                   .sample_period = QUANTUM_MAX};
    int fd = counter_open(&attr, TICK_SIGNAL);
    if (fd < 0)
        return -fd;
    counter = fd;
    return 0;
}

static void
perf_set(uint64_t ns)
{
    ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
    if (ns == 0)
        return;
    ioctl(counter, PERF_EVENT_IOC_PERIOD, &ns);
    ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
}

static void
perf_close(void)
{
    close(counter);
}

static timer_t timer;

/* LAB(preemption): a timer on this clock, whose signal goes to this kernel
 * thread. 0 or an errno number. */
static int
open_timer(clockid_t clock)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = TICK_SIGNAL};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    return timer_create(clock, &event, &timer) == 0 ? 0 : errno;
}

/* LAB(preemption): which clock stands still while nobody runs? */
static int
cpu_open(void)
{
    return open_timer(CLOCK_THREAD_CPUTIME_ID);
}

static int
real_open(void)
{
    return open_timer(CLOCK_MONOTONIC);
}

/* LAB(preemption): again and again, or no more. */
static void
timer_set(uint64_t ns)
{
    struct itimerspec every = {clock_timespec(ns), clock_timespec(ns)};
    timer_settime(timer, 0, &every, NULL);
}

static void
timer_close(void)
{
    timer_delete(timer);
}

static const struct source perf = {"perf", perf_open, perf_set, perf_close},
                           cpu = {"cpu", cpu_open, timer_set, timer_close},
                           real = {"real", real_open, timer_set, timer_close};

/* ---- The moment ---- */

#if defined(__x86_64__)
#define PROGRAM_COUNTER(uc) ((const char *)(uc)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
#define PROGRAM_COUNTER(uc) ((const char *)(uc)->uc_mcontext.pc)
#endif

/* Our objects keep their code in a section of its own (see the Makefile), and
 * the linker says where it begins and ends. */
extern const char __start_uthreads_text[] __attribute__((visibility("hidden")));
extern const char __stop_uthreads_text[] __attribute__((visibility("hidden")));

static struct {
    const char *low, *high;
} program; /* where the program's code lies */

/* The first object that the dynamic linker names is the program itself. */
static int
note_program(struct dl_phdr_info *object, size_t size, void *arg)
{
    (void)size, (void)arg;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        program.low = (const char *)(object->dlpi_addr + segment->p_vaddr);
        program.high = program.low + segment->p_memsz;
    }
    return 1; /* look no further */
}

static bool
is_ours(const char *pc)
{
    return pc >= __start_uthreads_text && pc < __stop_uthreads_text;
}

/* LAB(preemption): whose code is this? */
static bool
may_interrupt(const char *pc)
{
    return pc >= program.low && pc < program.high && !is_ours(pc);
}

/* ---- The tick ---- */

static uint64_t
cpu_time(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* Tick at this pace from now on. LAB(preemption): only if it is another. */
static void
pace(uint64_t ns)
{
    if (state.period == ns)
        return;
    state.period = ns;
    state.last = 0;
    state.source->set(ns);
}

/* Measure how fine the ticks are while they keep the pace of the quantum. */
static void
note_tick(void)
{
    state.ticks++;
    if (state.period != state.quantum)
        return;
    uint64_t now = cpu_time();
    if (state.last) {
        state.regular++;
        state.cpu_time += now - state.last;
    }
    state.last = now;
}

static sigset_t
tick_only(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, TICK_SIGNAL);
    return set;
}

/* It comes again on the way out; or soon, if nobody can say where that is.
 * LAB(preemption): whose tick is it, and of which turn? */
static void
defer(const char *pc)
{
    state.deferred++;
    state.wanted = the_sched.current;
    state.wanted_in_turn = the_sched.current->switches;
    bool soon = !way_out_watch(pc) && RETRY < state.quantum;
    pace(soon ? RETRY : state.quantum);
}

/* Is the running thread's deferred tick still due? Not in another turn.
 * LAB(preemption) */
static bool
still_due(void)
{
    const struct uthread *t = the_sched.current;
    return state.wanted == t && state.wanted_in_turn == t->switches;
}

/* LAB(preemption): nothing is wanted any more; give the CPU away. */
static void
serve(void)
{
    state.served++;
    state.wanted = NULL;
    way_out_forget();
    pace(state.quantum);
    sched_preempt();
}

/* LAB(preemption): is it a tick or the way out, and is this the moment? Who
 * else is ready? And what must be as it was when the thread goes on? */
static void
on_tick(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    int error = errno;
    const char *pc = PROGRAM_COUNTER((ucontext_t *)context);
    bool on_way_out = way_out_reached(info);
    if (on_way_out)
        way_out_forget();
    else
        note_tick();
    if (on_way_out && !still_due()) {
        state.wanted = NULL; /* it has given the CPU up by itself meanwhile */
    } else if (is_ours(pc)) {
        defer(pc); /* believe nothing: the ready queue may be half changed */
    } else if (the_sched.ready.count == 0) {
        pace(0);
    } else if (!may_interrupt(pc)) {
        defer(pc);
    } else {
        sigset_t tick = tick_only();
        pthread_sigmask(SIG_UNBLOCK, &tick, NULL); /* the next one runs in no */
        serve();                                   /* handler */
    }
    errno = error;
}

/* The running thread's last tick was deferred. LAB(preemption) */
static void
serve_late(void)
{
    bool due = still_due() && the_sched.ready.count > 0;
    state.wanted = NULL;
    if (due)
        serve();
}

/* LAB(preemption): serve what was deferred, if it is still due.
 * (explore_point, while exploring.) */
void
thread_checkpoint(void)
{
    if (__builtin_expect(state.wanted == sched_self()->current, 0))
        serve_late();
    if (__builtin_expect(exploring, 0))
        explore_point();
}

/* Somebody is ready beside the one that runs.
 * LAB(preemption): does it tick already? */
static void
wake_timer(void)
{
    if (state.period == 0)
        pace(state.quantum);
}

/* ---- On and off ---- */

/* No SA_ONSTACK: a thread is left in the middle of its handler, so each needs
 * the signal frame on its own stack.
 * LAB(preemption): 0 or an errno number. */
static int
catch_ticks(void)
{
    struct sigaction action = {.sa_sigaction = on_tick,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    return sigaction(TICK_SIGNAL, &action, NULL) == 0 ? 0 : errno;
}

static const struct source *
choose_source(int *error)
{
    static const char *const names[] = {"auto", "perf", "cpu", "real", NULL};
    static const struct source *const sources[] = {NULL, &perf, &cpu, &real};
    const struct source *wanted =
        sources[setting_choice("UTHREADS_TICK", names, 0)];
    if (wanted) {
        *error = wanted->open();
        return wanted;
    }
    *error = perf.open();
    if (*error == 0)
        return &perf;
    *error = cpu.open();
    return &cpu;
}

/* LAB(preemption): a signal may still be on its way. */
static void
switch_off(void)
{
    if (!state.source)
        return;
    signal(TICK_SIGNAL, SIG_IGN); /* also the one that may be on its way */
    pace(0);
    the_sched.on_ready = NULL;
    state.source->close();
    state.source = NULL;
    state.wanted = NULL;
    way_out_close();
}

/* LAB(preemption): off first; then check, find the program, get a timer, catch
 * its signal; and give back what you have, if one of these fails. Who is ready
 * already? (way_out_open.) */
int
thread_preempt(uint64_t quantum)
{
    int error;
    sched_self();
    if (quantum && (quantum < QUANTUM_MIN || quantum > QUANTUM_MAX))
        return EINVAL;
    switch_off();
    if (!quantum)
        return 0;
    if (getauxval(AT_BASE) == 0) /* no dynamic linker: nobody can tell the */
        return ENOTSUP;          /* program's code from the C library's */
    dl_iterate_phdr(note_program, NULL);
    const struct source *source = choose_source(&error);
    if (error)
        return error;
    error = catch_ticks();
    if (error) {
        source->close();
        return error;
    }
    memset(&state, 0, sizeof state);
    state.source = source;
    state.quantum = quantum;
    way_out_open(TICK_SIGNAL, may_interrupt);
    the_sched.on_ready = wake_timer;
    if (the_sched.ready.count > 0)
        wake_timer();
    return 0;
}

void
thread_preemption(struct thread_preemption *p)
{
    *p = (struct thread_preemption){
        .source = state.source ? state.source->name : NULL,
        .quantum = state.quantum,
        .ticks = state.ticks,
        .served = state.served,
        .deferred = state.deferred,
        .achieved = state.regular ? state.cpu_time / state.regular : 0,
    };
}

bool
preempt_on(void)
{
    return state.source != NULL;
}

void
preempt_start(void)
{
    uint64_t us = setting_number("UTHREADS_QUANTUM_US", 10, 10000000, 0);
    int error = us ? thread_preempt(us * 1000) : 0;
    if (error)
        say("threadbare: UTHREADS_QUANTUM_US: no preemption: %s\n",
            strerror(error));
}
