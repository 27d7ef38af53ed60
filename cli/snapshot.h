/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - the thread table of another process, as it was a moment ago.
 */
#ifndef CLI_SNAPSHOT_H
#define CLI_SNAPSHOT_H

#include "process.h"
#include "thread.h"

struct seen {
    struct thread_info info;      /* its pointers are addresses over there */
    char call[16];                /* name of its operation; or "" */
    char object[THREAD_NAME_MAX]; /* name of what it waits for; or "" */
    pid_t tid;                    /* its kernel thread; 0: not known */
    bool stalled; /* it has not said that it waits, and yet it sleeps in the
                     kernel: in a system call that the library knows not of */
};

struct snapshot {
    struct seen *threads; /* by identifier */
    size_t count;
};

void snapshot_take(struct snapshot *s, const struct process *p);
void snapshot_free(struct snapshot *s);

/* The thread with this identifier, or NULL. */
const struct seen *snapshot_find(const struct snapshot *s, thread_t id);

#endif
