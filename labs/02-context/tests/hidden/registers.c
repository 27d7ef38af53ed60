/* SPDX-License-Identifier: MIT */
/* registers.c - what a call must keep, a switch keeps: each context finds the
 * registers as it left them, whatever the others put there. */
#include "lab.h"
#include "place.h"

#include <inttypes.h>

enum { MOST = 5, ROUNDS = 6, SIZE = 64 * 1024, KEPT = 6 };

static struct place place[MOST];
static struct context *main_context;
static int running;

/* context_switch(from, to) with these values in rbx, rbp, r12 to r15 on the
 * way out; what is in them on the way back replaces the values. */
void switch_with(struct context **from, struct context *to,
                 uint64_t values[KEPT]);
__asm__(".text\n"
        "switch_with:\n"
        "    push %rbx\n    push %rbp\n    push %r12\n"
        "    push %r13\n    push %r14\n    push %r15\n"
        "    push %rdx\n"
        "    mov 0(%rdx), %rbx\n    mov 8(%rdx), %rbp\n"
        "    mov 16(%rdx), %r12\n   mov 24(%rdx), %r13\n"
        "    mov 32(%rdx), %r14\n   mov 40(%rdx), %r15\n"
        "    call context_switch\n"
        "    pop %rdx\n"
        "    mov %rbx, 0(%rdx)\n    mov %rbp, 8(%rdx)\n"
        "    mov %r12, 16(%rdx)\n   mov %r13, 24(%rdx)\n"
        "    mov %r14, 32(%rdx)\n   mov %r15, 40(%rdx)\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n"
        "    pop %r12\n    pop %rbp\n    pop %rbx\n"
        "    ret\n");

static void
entry(void)
{
    static const char *const name[] = {"rbx", "rbp", "r12",
                                       "r13", "r14", "r15"};
    int me = running;
    for (;;) {
        uint64_t values[KEPT];
        for (int i = 0; i < KEPT; i++)
            values[i] = lab_random_bits();
        switch_with(&place[me].context, main_context, values);
        for (int i = 0; i < KEPT; i++)
            lab_say(me, "%s %" PRIx64, name[i], values[i]);
    }
}

int
main(void)
{
    lab_begin();
    for (int i = 1; i < MOST; i++)
        place_make(&place[i], SIZE, entry);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 1; i < MOST; i++) {
            running = i;
            context_switch(&main_context, place[i].context);
        }
    lab_end();
}
