/* SPDX-License-Identifier: MIT */
/* order.c - a switch goes to the context that was named, and there goes on
 * where it was left. */
#include "lab.h"
#include "place.h"

enum { MOST = 8, SIZE = 64 * 1024 };

static struct place place[MOST]; /* 0: main, which has its own stack */
static int count, running, hops;

/* Hop to somebody else; back here when somebody has hopped to us. */
static void
hop(int from)
{
    int to = (from + 1 + (int)lab_random((uint64_t)count - 1)) % count;
    lab_say(from, "to %d", to);
    running = to;
    context_switch(&place[from].context, place[to].context);
}

static void
entry(void)
{
    int me = running;
    for (int turn = 1;; turn++) {
        lab_say(me, "turn %d", turn);
        hops--;
        hop(me);
    }
}

int
main(void)
{
    lab_begin();
    count = 2 + (int)lab_random(MOST - 1);
    hops = 20 + (int)lab_random(40);
    for (int i = 1; i < count; i++)
        place_make(&place[i], SIZE, entry);
    while (hops > 0)
        hop(0);
    lab_end();
}
