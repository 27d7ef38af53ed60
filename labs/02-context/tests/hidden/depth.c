/* SPDX-License-Identifier: MIT */
/* depth.c - a context keeps its whole stack: calls within calls, each with 64
 * bits of its own, set aside at every depth. */
#include "lab.h"
#include "place.h"

#include <inttypes.h>

enum { MOST = 6, SIZE = 128 * 1024 };

static struct place place[MOST];
static struct context *main_context;
static int running, left;

static uint64_t __attribute__((noinline)) descend(int me, int depth)
{
    uint64_t mine = lab_random_bits();
    context_switch(&place[me].context, main_context);
    if (depth > 0)
        mine ^= descend(me, depth - 1) * 3;
    context_switch(&place[me].context, main_context);
    return mine;
}

static void
entry(void)
{
    int me = running;
    int depth = 1 + (int)lab_random(10);
    uint64_t sum = descend(me, depth);
    lab_say(me, "depth %d, sum %" PRIx64, depth, sum);
    left--;
    for (;;)
        context_switch(&place[me].context, main_context);
}

int
main(void)
{
    lab_begin();
    left = MOST - 1;
    for (int i = 1; i < MOST; i++)
        place_make(&place[i], SIZE, entry);
    while (left > 0) {
        running = 1 + (int)lab_random(MOST - 1);
        context_switch(&main_context, place[running].context);
    }
    lab_end();
}
