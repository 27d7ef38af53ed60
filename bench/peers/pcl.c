/* SPDX-License-Identifier: MIT */
/* pcl.c - the Portable Coroutine Library: bare contexts, no scheduler. */
#include "peer.h"

#include <pcl.h>

static void
bounce(void *arg)
{
    (void)arg;
    for (;;)
        co_resume();
}

/* n switches between two coroutines: one there and one back at a time. */
static double
bare_switch(long n)
{
    coroutine_t other = co_create(bounce, NULL, NULL, 64 * 1024);
    if (!other)
        peer_skip("co_create refuses");
    double begin = peer_now();
    for (long i = 0; i < n / 2; i++)
        co_call(other);
    double ns = peer_now() - begin;
    co_delete(other);
    return ns;
}

int
main(int argc, char **argv)
{
    static const struct peer_work works[] = {{"switch", bare_switch}};
    return peer_main(argc, argv, works, 1);
}
