/* SPDX-License-Identifier: MIT */
/* begin.c - a context begins in its entry, on its own stack, aligned as the ABI
 * has it; what is set aside lies on the stack it belongs to. */
#include "lab.h"
#include "place.h"

enum { MOST = 6 };

static struct place place[MOST];
static struct context *main_context;
static int running;

static const char *
yes(bool is)
{
    return is ? "yes" : "no";
}

/* 16 where the ABI wants 16: the frame begins below a caller's address. */
static void __attribute__((noinline)) say_where(int lane)
{
    char *frame = __builtin_frame_address(0);
    lab_say(lane, "own stack %s, aligned %s",
            yes(place_holds(&place[lane], frame)),
            yes((uintptr_t)frame % 16 == 0));
}

static void
entry(void)
{
    int me = running;
    for (;;) {
        say_where(me);
        context_switch(&place[me].context, main_context);
    }
}

int
main(void)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    lab_begin();
    int count = 2 + (int)lab_random(MOST - 2);
    for (int i = 1; i < count; i++)
        /* not all sizes are alike, and none ends on a round address */
        place_make(&place[i], 65536 + 16 * (size_t)lab_random(64), entry);
    for (int round = 0; round < 2; round++)
        for (int i = 1; i < count; i++) {
            running = i;
            context_switch(&main_context, place[i].context);
            lab_say(0, "parked on its stack %s, main on its own %s, above %s",
                    yes(place_holds(&place[i], place[i].context)),
                    yes((uintptr_t)main_context < here &&
                        (uintptr_t)main_context > here - 65536),
                    yes(place_intact(&place[i])));
        }
    lab_end();
}
