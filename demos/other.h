/* SPDX-License-Identifier: MIT */
/*
 * other.h - another process, for what must not stop with our threads.
 *
 * Who answers, sends or serves in an experiment must go on when a thread of
 * the experiment stalls its process. So it is a process of its own; and it
 * lives no longer than the experiment, however that ends.
 */
#ifndef DEMO_OTHER_H
#define DEMO_OTHER_H

#include <stdint.h>

/* Fork; fn(arg) is the other process's whole life. Must come before every
 * contract call, so that nothing of the thread library is in it. */
void other_start(void (*fn)(void *arg), void *arg);

/* In the other process: let the time pass. */
void other_sleep(uint64_t ns);

#endif
