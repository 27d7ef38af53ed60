/* SPDX-License-Identifier: MIT */
/*
 * timeline.h - from events to states: what each thread was doing, and when.
 *
 * A recording says what changed; a reader wants to know what lasted. Here
 * every thread becomes a lane: a row of intervals, end to end, each in one
 * state. Two witnesses are heard. The library knows its threads by name and
 * says what each waits for, but believes that whoever it gave the CPU to is
 * running. The kernel knows who had a CPU, but in a user-level model sees one
 * thread only. Where both were recorded, a lane shows what follows from both:
 *
 *      the library    the kernel     the lane
 *      running        on a CPU       running
 *      running        preempted      ready
 *      running        blocked        many-to-one: stalled, one-to-one: blocked
 *      ready          (no matter)    ready        (many-to-one)
 *      blocked        (no matter)    blocked      (many-to-one)
 *      blocked        blocked        blocked, with the library's reason
 */
#ifndef CLI_TIMELINE_H
#define CLI_TIMELINE_H

#include "recording.h"

enum state {
    STATE_NONE, /* not made yet, or ended */
    STATE_RUNNING,
    STATE_READY,
    STATE_BLOCKED,
    STATE_STALLED, /* the library runs it; the kernel has stopped it */
    STATE_UNKNOWN, /* its events were written over */
    STATES         /* how many there are */
};

/* An interval's reason, if blocked: TRACE_WAIT(kind, detail), or: */
#define WHY_KERNEL 0u /* in the kernel; the library was not asked */

struct interval {
    uint64_t from, to; /* ns since the recording began; from < to */
    uint32_t why;
    enum state state;
};

struct wake {
    uint64_t ns;
    uint32_t by; /* the waking thread; never 0 */
};

struct lane {
    uint32_t thread; /* 0: a kernel thread's lane */
    uint32_t tid;    /* the kernel thread under it; 0: not known */
    char name[17];   /* "" if it has none; printable */
    struct interval *intervals;
    size_t count, room;
    struct wake *wakes; /* when it was woken, and by whom */
    size_t wake_count, wake_room;

    /* Private to timeline.c while it reads. */
    enum state state, next; /* next: once it has left the CPU */
    uint32_t why;
    uint64_t since;
};

struct timeline {
    struct recording recording;
    struct lane *threads; /* by identifier */
    size_t thread_count;
    struct lane *kernel; /* by tid: what the kernel recorded, as it is */
    size_t kernel_count;
    bool many_to_one; /* the library itself gave threads the CPU */
};

/* Read a file. NULL if it is good; otherwise what is wrong with it, and there
 * is nothing to free. */
const char *timeline_read(struct timeline *t, const char *path);

/* The lane of a thread, or NULL. */
const struct lane *timeline_thread(const struct timeline *t, uint32_t thread);

/* The lane of the process's first kernel thread, or NULL. */
const struct lane *timeline_process(const struct timeline *t);

/* What a thread is called: its name, with its number where several share it,
 * or only that number. */
void timeline_label(const struct timeline *t, const struct lane *lane,
                    char *label, size_t size);

/* Why an interval is blocked, in a few words: "join reader", "io fd 3". */
void timeline_reason(const struct timeline *t, uint32_t why, char *reason,
                     size_t size);

void timeline_free(struct timeline *t);

#endif
