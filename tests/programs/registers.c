/* SPDX-License-Identifier: MIT */
/*
 * registers.c - what a function may expect to find again after any call, it
 * finds again after a switch: values in registers, whole numbers and floating
 * point, the way in which the processor rounds, and a stack that is aligned.
 * Ten thousand threads, or as many as are asked for, each with values of its
 * own, switch round and round.
 */
#include "thread.h"

#include <fenv.h>
#include <stdint.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS_MOST = 10000, ROUNDS = 5 };

static atomic_ulong lost_integers, lost_doubles, lost_rounding, misaligned;

/* The compiler must have these in registers at this point, as far as there are
 * any, and takes them for changed. */
#define IN_REGISTERS(a, b, c, d, e, f) \
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f))

#ifdef __aarch64__
#define IN_FP_REGISTERS(a, b, c, d) \
    __asm__ volatile("" : "+w"(a), "+w"(b), "+w"(c), "+w"(d))
#else
#define IN_FP_REGISTERS(a, b, c, d) \
    __asm__ volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d))
#endif

static void
keep_integers(uint64_t n)
{
    uint64_t a = n, b = n * 3, c = n * 5, d = n * 7, e = n * 11, f = n * 13;
    IN_REGISTERS(a, b, c, d, e, f);
    thread_yield();
    IN_REGISTERS(a, b, c, d, e, f);
    lost_integers += a != n || b != n * 3 || c != n * 5 || d != n * 7 ||
                     e != n * 11 || f != n * 13;
}

static void
keep_doubles(double x)
{
    double a = x, b = x * 2, c = x * 4, d = x * 8;
    IN_FP_REGISTERS(a, b, c, d);
    thread_yield();
    IN_FP_REGISTERS(a, b, c, d);
    lost_doubles += a != x || b != x * 2 || c != x * 4 || d != x * 8;
}

static void
keep_rounding(uint64_t n)
{
    static const int ways[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
                               FE_TOWARDZERO};
    fesetround(ways[n % 4]);
    thread_yield();
    volatile double one = 1, three = 3; /* divided here and now */
    double third = one / three;
    bool up = third > 0x1.5555555555555p-2; /* the nearest is below 1/3 */
    lost_rounding += fegetround() != ways[n % 4];
    lost_rounding += up != (ways[n % 4] == FE_UPWARD);
    fesetround(FE_TONEAREST);
}

static void *
run(void *number)
{
    uint64_t n = (uintptr_t)number;
    _Alignas(16) char aligned[16]; /* by the compiler, if the stack is */
    __asm__ volatile("" : : "r"(aligned) : "memory");
    misaligned += (uintptr_t)aligned % 16 != 0;
    for (int i = 0; i < ROUNDS; i++) {
        keep_integers(n + (uint64_t)i);
        keep_doubles((double)n + i);
        keep_rounding(n + (uint64_t)i);
    }
    return number;
}

int
main(int argc, char **argv)
{
    static thread_t threads[THREADS_MOST];
    uintptr_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : THREADS_MOST;
    struct thread_attr attr = {.stack_size = 32 * 1024};
    unsigned long wrong_results = 0;
    for (uintptr_t i = 0; i < count; i++)
        if (thread_create(&threads[i], &attr, run, (void *)i) != 0) {
            perror("thread_create");
            return 1;
        }
    for (uintptr_t i = 0; i < count; i++) {
        void *result;
        thread_join(threads[i], &result);
        wrong_results += result != (void *)i;
    }
    printf("integers lost=%lu\ndoubles lost=%lu\nrounding lost=%lu\n"
           "misaligned=%lu\nresults wrong=%lu\n",
           (unsigned long)lost_integers, (unsigned long)lost_doubles,
           (unsigned long)lost_rounding, (unsigned long)misaligned,
           wrong_results);
    return 0;
}
