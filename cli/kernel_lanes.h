/* SPDX-License-Identifier: MIT */
/*
 * kernel_lanes.h - the kernel's own record of who had a CPU, and when.
 *
 * A thread library can only say what it believes. Whether the process was on a
 * CPU at all, the kernel knows, and tells: a perf event in which nothing is
 * counted (PERF_COUNT_SW_DUMMY) still delivers a PERF_RECORD_SWITCH each time
 * a thread of ours is put on a CPU or taken off. It takes no privilege as long
 * as kernel.perf_event_paranoid is 2 or less.
 *
 * One event per CPU is opened on the child before it execs; all threads and
 * processes that the child makes inherit it, and all of them on that CPU
 * write into the one ring mapped here. (An inherited event for all CPUs cannot
 * be mapped, and one event per thread runs out at a few hundred threads.)
 */
#ifndef CLI_KERNEL_LANES_H
#define CLI_KERNEL_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pollfd;
struct kernel_ring;

struct kernel_event {
    uint64_t ns; /* CLOCK_MONOTONIC */
    uint32_t pid;
    uint32_t tid;
    uint32_t event; /* TRACE_KERNEL_... */
    uint32_t arg;
};

struct kernel_lanes {
    struct kernel_ring *rings;
    size_t ring_count;
    struct kernel_event *events;
    size_t count, room;
    char denied[160]; /* why there is no record; "" if there is one */
};

/* Open the events on a child that has not exec'ed yet. Returns false, with
 * the reason in denied, where the kernel refuses. */
bool kernel_lanes_open(struct kernel_lanes *k, pid_t child);

/* Ask poll to wake when a ring is a quarter full; returns how many entries
 * were filled, at most max. */
size_t kernel_lanes_poll(const struct kernel_lanes *k, struct pollfd *fds,
                         size_t max);

/* Move what the rings hold into events: often, for a full ring drops. */
void kernel_lanes_drain(struct kernel_lanes *k);

/* The last drain; unmap and close. The events stay. */
void kernel_lanes_close(struct kernel_lanes *k);

/*
 * Put the events of the process that wrote the recording at its end, in order
 * of time. Returns 0 or an errno number; the file is then as it was.
 */
int kernel_lanes_append(struct kernel_lanes *k, const char *trace_path);

void kernel_lanes_free(struct kernel_lanes *k);

#endif
