/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what an experiment must know of the machine it runs on.
 *
 * The number of CPUs in the case is not the number a process may use, and what
 * a process has mapped is not the memory it has. All of it is asked from the
 * kernel, which writes it into files below /proc and /sys.
 */
#ifndef DEMO_MACHINE_H
#define DEMO_MACHINE_H

#include <stdint.h>

/*
 * How many CPUs' worth of computing this process may do: those it may run on
 * (its affinity), or fewer if the quota of its control group, or of one around
 * it, is less. May be a fraction.
 */
double machine_cpus(void);

/* Stay on the CPU that the caller is on, and so will all kernel threads that
 * it makes from now on. */
void machine_stay_here(void);

/* The memory of this process, in KiB. */
struct machine_memory {
    double mapped;   /* address space */
    double resident; /* of it, private memory that exists: RssAnon */
    double peak;     /* the most that ever was in memory, files included */
};

struct machine_memory machine_memory(void);

/* Can this machine talk to itself over a network? 0, or an errno number. */
int machine_loopback(void);

#endif
