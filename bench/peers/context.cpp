/* SPDX-License-Identifier: MIT */
/* context.cpp - Boost.Context: bare contexts, no scheduler. */
#include "peer.h"

#include <boost/context/fiber.hpp>
#include <utility>

namespace ctx = boost::context;

/* n switches between two contexts: one there and one back at a time. */
static double
bare_switch(long n)
{
    bool stop = false;
    ctx::fiber other([&stop](ctx::fiber &&back) {
        while (!stop)
            back = std::move(back).resume();
        return std::move(back);
    });
    double begin = peer_now();
    for (long i = 0; i < n / 2; i++)
        other = std::move(other).resume();
    double ns = peer_now() - begin;
    stop = true;
    other = std::move(other).resume();
    return ns;
}

int
main(int argc, char **argv)
{
    static const struct peer_work works[] = {{"switch", bare_switch}};
    return peer_main(argc, argv, works, 1);
}
