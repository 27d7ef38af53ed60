/* SPDX-License-Identifier: MIT */
/*
 * leave.h - what must be undone, however we end.
 *
 * A comparison starts processes and keeps a recording in a temporary
 * directory. Whether it ends well, by an error, by Ctrl-C or because the
 * reader of its output went away, the processes are killed, the files removed
 * and the terminal's colour put back. A signal still kills us in the end, so
 * that whoever started us sees by which we died.
 */
#ifndef CLI_LEAVE_H
#define CLI_LEAVE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { LEAVE_CHILDREN_MOST = 64 };

/* Install the handlers and the exit hook. Call once, first. */
void leave_prepare(void);

/* A path for a recording, in a directory that is made at the first call and
 * removed at the end. */
const char *leave_trace_path(void);

/* A file to remove unless leave_keep is called: one that is half written. */
void leave_remove(const char *path);
void leave_keep(void);

/* A coloured line may be half written: put the colour back at the end. */
void leave_coloured(void);

/*
 * fork, with the child known to this file before any signal can arrive: it
 * leads a process group of its own, which is killed as a whole. In the child
 * the signals are as we found them when we were started, and there is nothing
 * to undo. There may be LEAVE_CHILDREN_MOST at a time.
 */
pid_t leave_fork(void);

/* A child has been reaped: kill what is left of its group and forget it. */
void leave_child_gone(pid_t pid);

#endif
