/* SPDX-License-Identifier: MIT */
/*
 * bare.c - two contexts that switch to each other, and no scheduler.
 *
 * Linked with each implementation of context.h: our backends, and shortest.c,
 * which is as short as a correct switch can be.
 */
#include "context.h"

#include "peer.h"

static struct context *here, *there;
static char stack[64 * 1024] __attribute__((aligned(64)));

static void
bounce(void)
{
    for (;;)
        context_switch(&there, here);
}

static double
bare_switch(long n)
{
    there = context_make(stack, stack + sizeof stack, bounce);
    double begin = peer_now();
    for (long i = 0; i < n / 2; i++)
        context_switch(&here, there);
    return peer_now() - begin;
}

int
main(int argc, char **argv)
{
    static const struct peer_work works[] = {{"switch", bare_switch}};
    return peer_main(argc, argv, works, 1);
}
