/* SPDX-License-Identifier: MIT */
/* leave.c - a context that leaves for good is over: its memory can be made into
 * another one at once. */
#include "lab.h"
#include "place.h"

#include <inttypes.h>

enum { SIZE = 64 * 1024 };

static struct place place;
static struct context *main_context;
static uint64_t secret;

static void
entry(void)
{
    uint64_t mine = lab_random_bits();
    context_switch(&place.context, main_context);
    secret ^= mine;
    context_leave(main_context);
    lab_say(1, "ran on after its end");
    lab_end();
}

int
main(void)
{
    lab_begin();
    int lives = 5 + (int)lab_random(20);
    place_make(&place, SIZE, entry);
    for (int life = 1; life <= lives; life++) {
        context_switch(&main_context, place.context);
        context_switch(&main_context, place.context);
        lab_say(0, "life %d: %" PRIx64, life, secret);
        memset(place.low, 0, SIZE - ABOVE);
        place.context = context_make(place.low, place.high, entry);
    }
    lab_end();
}
