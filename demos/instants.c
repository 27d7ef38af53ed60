/* SPDX-License-Identifier: MIT */
/* instants.c - see instants.h. */
#include "instants.h"

#include <stdlib.h>

static int
by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                          : x->change - y->change; /* who goes, goes first */
}

/* How long were at least so many there? In ns. */
static uint64_t
time_of(const struct moment *moments, size_t count, int at_least)
{
    uint64_t sum = 0;
    int here = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        here += moments[i].change;
        if (here >= at_least)
            sum += moments[i + 1].at - moments[i].at;
    }
    return sum;
}

int
instants_most(struct moment *moments, size_t count, double share)
{
    qsort(moments, count, sizeof *moments, by_time);
    double enough = share * (double)time_of(moments, count, 1);
    int most = 1;
    uint64_t more;
    while ((more = time_of(moments, count, most + 1)) > 0 &&
           (double)more >= enough)
        most++;
    return most;
}
