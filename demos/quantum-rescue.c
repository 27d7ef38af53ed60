/* SPDX-License-Identifier: MIT */
/*
 * quantum-rescue.c - a stall that a timer seems to cure.
 *
 * A user-level library that takes the CPU away with a timer on *real* time,
 * as the first alarm(2) that comes to mind has it, shows a surprise: a read
 * that waits no longer stops the others. The tick interrupts the system call;
 * the signal handler switches threads; and when the reader's turn comes again
 * the kernel restarts the call (SA_RESTART), as if nothing had happened:
 *
 *      reader      read ------- tick          restart ------- tick
 *      others                       ==== work ====                ==== ...
 *
 * It looks like a cure, and is none. Every turn of the reader is a quantum in
 * which nobody runs. Calls that the kernel does not restart come back early:
 * here a nanosleep(2) does. And it works by chance: the library must dare to
 * switch threads wherever the tick finds them. Ours does so in the program's
 * own code only, never in the C library (see preempt.c): so read(2), which
 * waits in there, stalls as before, and what is "rescued" is a system call that
 * this file makes by itself.
 *
 * A timer on CPU time does not tick while the process waits. That is why it is
 * what the library uses unless asked: a stall then shows as what it is.
 */
#include "stall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define QUANTUM 1000000u /* ns */

/* read(2), made here and not in the C library. */
static ssize_t
read_from_here(int fd, void *buf, size_t count)
{
#if defined(__x86_64__)
    ssize_t got;
    __asm__ volatile("syscall"
                     : "=a"(got)
                     : "0"((long)SYS_read), "D"((long)fd), "S"(buf), "d"(count)
                     : "rcx", "r11", "memory");
    return got;
#elif defined(__aarch64__)
    register long call __asm__("x8") = SYS_read;
    register long got __asm__("x0") = fd;
    register void *to __asm__("x1") = buf;
    register size_t size __asm__("x2") = count;
    __asm__ volatile("svc 0"
                     : "+r"(got)
                     : "r"(call), "r"(to), "r"(size)
                     : "memory");
    return got;
#else
#error "a read system call for this processor is missing"
#endif
}

static void *
reader_in_libc(void *arg)
{
    struct stall *s = arg;
    char byte;
    stall_ask(s);
    ssize_t got = read(s->answer, &byte, 1);
    stall_answered(s, got);
    return NULL;
}

static void *
reader_from_here(void *arg)
{
    struct stall *s = arg;
    char byte;
    stall_ask(s);
    ssize_t got = read_from_here(s->answer, &byte, 1);
    stall_answered(s, got);
    return NULL;
}

/* Sleeps as long as the other process would take; once, whatever comes. */
static void *
sleeper(void *arg)
{
    struct stall *s = arg;
    struct timespec span = {(time_t)(s->delay / 1000000000),
                            (long)(s->delay % 1000000000)};
    s->asked = thread_now();
    nanosleep(&span, NULL);
    s->answered = thread_now();
    return NULL;
}

/* Have the threads preempted by ticks of CPU time, or of real time. Returns
 * where the ticks come from; NULL: none do, the kernel preempts unasked. */
static const char *
tick(struct demo_run *d, const char *source)
{
    struct thread_preemption is;
    setenv("UTHREADS_TICK", source, 1);
    int error = thread_preempt(QUANTUM);
    if (error && error != ENOTSUP)
        demo_skip(d, "no timer for preemption (%s): %s.", source,
                  strerror(error));
    thread_preemption(&is);
    return is.source;
}

/* What came of one reader's wait. */
struct wait {
    double silence; /* of the others, % of the wait */
    double work;    /* done by them meanwhile, % of a CPU */
    bool stalled;
};

static struct wait
count_while(struct stall *s, void *(*reader)(void *))
{
    stall_count_while(s, reader);
    return (struct wait){100 * stall_silence(s), 100 * stall_work(s),
                         stall_is_stalled(s)};
}

/* Do raw calls stall, and does a tick interrupt them? */
static void
predict(struct demo_run *d, bool stalls, bool rescues)
{
    if (!stalls)
        demo_predict(d, "nobody needs to be rescued: no read stops the others, "
                        "and a nanosleep lasts as long as it was to");
    else if (!rescues)
        demo_predict(d, "nobody is rescued: each read stops the others, and a "
                        "nanosleep lasts as long as it was to");
    else
        demo_predict(d, "with ticks of CPU time a read stops the others; with "
                        "ticks of real time it does not, but read(2) of the C "
                        "library does, and a nanosleep ends before half of its "
                        "time");
}

static const char *
reason(bool stalls, bool rescues)
{
    return !stalls    ? "each thread has a kernel thread to wait on"
           : !rescues ? "this library asks for the CPU, and interrupts nobody"
                      : "only a clock that goes on while the process waits can "
                        "interrupt the wait, and it interrupts other calls as "
                        "well";
}

static void
run(struct demo_run *d)
{
    struct stall *s = demo_shared(d, sizeof *s);
    stall_open(s, d);
    const char *source = tick(d, "real");
    bool stalls = thread_model()->raw_call_stalls;
    bool rescues = source && strcmp(source, "real") == 0;
    predict(d, stalls, rescues);

    tick(d, "auto");
    struct wait cpu = count_while(s, reader_from_here);
    tick(d, "real");
    struct wait real = count_while(s, reader_from_here);
    struct wait libc = count_while(s, reader_in_libc);
    stall_count_while(s, sleeper);
    double nap = demo_ms(s->asked, s->answered) * 1e8 / (double)s->delay;
    thread_preempt(0);

    demo_measure(d, "silence_cpu_ticks", cpu.silence, "%");
    demo_measure(d, "silence_real_ticks", real.silence, "%");
    demo_measure(d, "others_worked", real.work, "% of a CPU");
    demo_measure(d, "silence_in_libc", libc.silence, "%");
    demo_measure(d, "nanosleep_lasted", nap, "%");
    demo_found(d,
               "the longest silence was %.0f %% of the wait with ticks of CPU "
               "time, %.0f %% with ticks of real time (the others got %.0f %% "
               "of a CPU), and %.0f %% with these and read(2); a nanosleep "
               "lasted %.1f %% of its time",
               cpu.silence, real.silence, real.work, libc.silence, nap);
    bool unrescued = cpu.stalled == stalls && libc.stalled == stalls;
    bool rescued = real.stalled == (stalls && !rescues);
    bool napped = stalls && rescues ? nap < 50 : nap >= 100;
    demo_judge(d, unrescued && rescued && napped, "%s",
               reason(stalls, rescues));
}

static const struct demo demo = {
    .name = "quantum-rescue",
    .claim = "A timer on real time makes a stall look harmless, and harms what "
             "it interrupts.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
