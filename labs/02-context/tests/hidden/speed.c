/* SPDX-License-Identifier: MIT */
/* speed.c - two contexts switch to each other, millions of times. What they
 * compute by turns shows that each was there. */
#include "lab.h"
#include "place.h"

#include <inttypes.h>

enum { SIZE = 64 * 1024, SWITCHES = 2000000 };

static struct place ping, pong;
static struct context *main_context;
static uint64_t number, factor, mine[2];

static void
ping_entry(void)
{
    for (int i = 0; i < SWITCHES / 2; i++) {
        number = number * factor + mine[0];
        context_switch(&ping.context, pong.context);
    }
    context_switch(&ping.context, main_context);
}

static void
pong_entry(void)
{
    for (;;) {
        number = number * factor + mine[1];
        context_switch(&pong.context, ping.context);
    }
}

int
main(void)
{
    lab_begin();
    factor = lab_random_bits() | 1;
    mine[0] = lab_random_bits();
    mine[1] = lab_random_bits();
    place_make(&ping, SIZE, ping_entry);
    place_make(&pong, SIZE, pong_entry);
    context_switch(&main_context, ping.context);
    lab_say(0, "the number is %" PRIx64, number);
    lab_end();
}
