/* SPDX-License-Identifier: MIT */
/* ticker.h - the ways to wait that ticker.c measures. */
#ifndef BENCH_IO_TICKER_H
#define BENCH_IO_TICKER_H

#include <stdbool.h>

#define TICKER_SPAN 200000000u /* ns that each wait lasts */

struct ticker_wait {
    const char *name;
    void (*prepare)(void); /* before there is a second thread; or NULL */
    void (*wait)(void);
};

/* The last one has no name. */
extern const struct ticker_wait ticker_waits[];

#endif
