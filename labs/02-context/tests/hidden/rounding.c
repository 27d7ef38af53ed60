/* SPDX-License-Identifier: MIT */
/* rounding.c - the control words of both floating-point units are a context's
 * own: one that rounds up does not make the others do so. */
#include "lab.h"
#include "place.h"

enum { MOST = 5, ROUNDS = 4, SIZE = 64 * 1024 };

static struct place place[MOST];
static struct context *main_context;
static int running;

static void
set_rounding(unsigned way)
{
    unsigned mxcsr = 0x1f80 | way << 13;
    unsigned short x87 = (unsigned short)(0x037f | way << 10);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(x87));
}

static void
say_rounding(int lane)
{
    unsigned mxcsr;
    unsigned short x87;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    lab_say(lane, "sse %u, x87 %u", mxcsr >> 13 & 3, x87 >> 10 & 3);
}

static void
entry(void)
{
    int me = running;
    say_rounding(me); /* as its maker had it */
    set_rounding((unsigned)lab_random(4));
    for (;;) {
        context_switch(&place[me].context, main_context);
        say_rounding(me);
    }
}

int
main(void)
{
    lab_begin();
    unsigned maker = (unsigned)lab_random(4);
    set_rounding(maker);
    for (int i = 1; i < MOST; i++)
        place_make(&place[i], SIZE, entry);
    set_rounding(0);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 1; i < MOST; i++) {
            running = i;
            context_switch(&main_context, place[i].context);
            say_rounding(0);
        }
    lab_end();
}
