/* SPDX-License-Identifier: MIT */
/* many.c - ten thousand contexts at once, each with its own count. */
#include "lab.h"
#include "place.h"

enum { COUNT = 10000, ROUNDS = 3, SIZE = 16 * 1024, REPORTS = 20 };

static struct place place[COUNT];
static struct context *main_context;
static int running;
static uint64_t turns;

static void
entry(void)
{
    uint64_t me = (uint64_t)running;
    for (uint64_t turn = 1;; turn++) {
        turns += me * turn;
        context_switch(&place[me].context, main_context);
    }
}

int
main(void)
{
    lab_begin();
    for (int i = 0; i < COUNT; i++)
        if (!place_make(&place[i], SIZE, entry)) {
            lab_say(0, "no memory for the stacks");
            lab_end();
        }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < COUNT; i++) {
            running = i;
            context_switch(&main_context, place[i].context);
        }
    lab_say(0, "turns %llu", (unsigned long long)turns);
    for (int i = 0; i < REPORTS; i++) {
        int which = (int)lab_random(COUNT);
        lab_say(0, "above %d: %s", which,
                place_intact(&place[which]) ? "intact" : "overwritten");
    }
    lab_end();
}
