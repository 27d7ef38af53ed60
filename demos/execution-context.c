/* SPDX-License-Identifier: MIT */
/*
 * execution-context.c - what a thread is while it does not run.
 *
 * Three threads call the same function, each a different number of levels deep,
 * and park at the same line of it. What tells them apart is what the textbook
 * calls the context: where each stands in the code (the program counter),
 * where its frames end (the stack pointer), and what it was computing with (the
 * registers). Parking must keep all of it, and whoever parks a thread has to
 * put it somewhere.
 *
 * Where, can be seen: /proc/PID/task/TID/syscall shows the program counter and
 * the stack pointer that the kernel keeps for a thread of its own that waits.
 * The contexts of a library's threads are nowhere in there.
 */
#include "demo.h"
#include "sync.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 3, NUMBERS = 6, NEAR = 64 * 1024 };

static struct shared {
    struct event over;
    atomic_int parked;
    struct context {
        pid_t pid, tid;
        uintptr_t pc, sp;
        bool kept; /* what it was computing with */
    } of[THREADS];
} * s;

/* Where does my caller stand, and where does its stack end? */
static void __attribute__((noinline)) tell(struct context *c)
{
    c->pc = (uintptr_t)__builtin_return_address(0);
    c->sp = (uintptr_t)__builtin_frame_address(0);
}

/* Compute, park in the middle of it, and go on. */
static void __attribute__((noinline)) park(struct context *c, unsigned seed)
{
    unsigned a = seed * 3, b = a ^ 0x5a, x = b * 7, y = x + a, z = y ^ b,
             sum = a + b + x + y + z;
    volatile unsigned before = sum;
    tell(c);
    s->parked++;
    event_wait(&s->over);
    c->kept = a + b + x + y + z == before && sum == before;
}

static void __attribute__((noinline))
descend(struct context *c, unsigned levels)
{
    volatile char frame[200];
    frame[0] = (char)levels;
    if (levels == 0)
        park(c, (unsigned)c->tid);
    else
        descend(c, levels - 1);
    frame[1] = frame[0];
}

static void *
live(void *number)
{
    unsigned n = (unsigned)(uintptr_t)number;
    s->of[n].pid = getpid();
    s->of[n].tid = gettid();
    descend(&s->of[n], 3 * n);
    return NULL;
}

/* Does the kernel keep a context for this thread: a stack pointer not far below
 * what the thread has told? -1: it does not say. */
static int
kernel_keeps(const struct context *c)
{
    char path[64], line[256];
    unsigned long sp = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", (int)c->pid,
             (int)c->tid);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    bool waits = fgets(line, sizeof line, file) != NULL &&
                 sscanf(line, "%*d %*x %*x %*x %*x %*x %*x %lx", &sp) == 1;
    fclose(file);
    return waits && sp <= c->sp && c->sp - sp < NEAR;
}

/* ... for how many? A thread that has said that it is parked may have a few
 * instructions to go. */
static int
known_to_kernel(bool expected)
{
    int known = 0;
    uint64_t give_up = thread_now() + (expected ? 3000000000u : 20000000u);
    while (known >= 0 && known < THREADS && thread_now() < give_up) {
        thread_yield();
        known = 0;
        for (int i = 0; i < THREADS && known >= 0; i++) {
            int keeps = kernel_keeps(&s->of[i]);
            known = keeps < 0 ? -1 : known + keeps;
        }
    }
    return known;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches(), apart = true, kept = true;
    bool one_line = true;
    thread_t threads[THREADS];
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 "%d threads park at one line, with a stack pointer each, and "
                 "find everything as it was; the kernel knows the context "
                 "of %d",
                 THREADS, by_kernel ? THREADS : 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "parked", live, (void *)i);
    while (s->parked < THREADS)
        thread_yield();
    int known = known_to_kernel(by_kernel);
    event_set(&s->over);
    for (int i = 0; i < THREADS; i++) {
        const struct context *c = &s->of[i];
        demo_join(threads[i]);
        demo_show(d, "thread %d  pc park+%#-6jx sp %#jx", i + 1,
                  (uintmax_t)(c->pc - (uintptr_t)park), (uintmax_t)c->sp);
        one_line = one_line && c->pc == s->of[0].pc;
        kept = kept && c->kept;
        for (int j = 0; j < i; j++)
            apart = apart && c->sp != s->of[j].sp;
    }
    if (known >= 0)
        demo_measure(d, "known_to_the_kernel", known, "threads");
    demo_measure(d, "threads", (double)THREADS, "threads");
    demo_measure(d, "at_one_line", one_line, "of 1");
    demo_measure(d, "stack_pointers_apart", apart, "of 1");
    demo_measure(d, "kept", kept, "of 1");
    demo_found(d,
               "%d threads stood at %s, their stack pointers %s, what they "
               "computed with was %s, and the kernel %s of %d",
               THREADS, one_line ? "one line" : "different lines",
               apart ? "apart" : "were the same", kept ? "kept" : "lost",
               known < 0 ? "does not say what it knows" : "knew the context",
               known < 0 ? THREADS : known);
    demo_judge(d,
               one_line && (apart || !thread_model()->shares_memory) && kept &&
                   (known < 0 || known == (by_kernel ? THREADS : 0)),
               "%s",
               by_kernel ? "the kernel puts a thread's registers aside when it "
                           "waits, and takes them out again"
                         : "the library puts them on the thread's own stack, "
                           "where the kernel sees nothing but memory");
}

static const struct demo demo = {
    .name = "execution-context",
    .claim = "A thread that does not run is a program counter, a stack pointer "
             "and registers, kept by whoever switches it.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}
