/* SPDX-License-Identifier: MIT */
/*
 * crowd.h - do others have the CPUs?
 *
 * Who measures times measures the rest of the machine as well: a thread that is
 * ready and gets no CPU is late, and it is nobody's fault here. The best answer
 * is a measure that does not mind. Where there is none, an experiment that was
 * surprised asks, before it says so, whether the machine was its own; if not,
 * it has shown nothing, and skips.
 */
#ifndef DEMO_CROWD_H
#define DEMO_CROWD_H

#include "demo.h"

/* How long has the calling kernel thread been ready but not on a CPU so far,
 * because others were; in ns. 0 if the kernel does not count it. */
uint64_t crowd_waited(void);

/* Skip if threads that only computed were ready without a CPU for much of their
 * time: for such a share of it. */
void crowd_skip(struct demo_run *d, double share);

/* The same where nobody has counted: look how it is just now, for a moment. */
void crowd_skip_now(struct demo_run *d);

#endif
