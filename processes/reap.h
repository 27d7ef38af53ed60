/* SPDX-License-Identifier: MIT */
/* reap.h - the end of the process under a thread. See reap.c. */
#ifndef PROCESSES_REAP_H
#define PROCESSES_REAP_H

#include "process.h"

/* ---- What has happened. All with the_threads.lock held ---- */

/* Strike a thread off the table: it is joined, or detached and done. */
void reap_unlist(struct process *t);

/* Its process has ended; if it did not say so itself, it has crashed. */
void reap_note_end(struct process *t);

/* Its process has ended; if it is our child, let the kernel forget it. */
void reap_if_ours(struct process *t);

/* The same for all our children. */
void reap_children(void);

/* A thread ends: its children become main's, as its process's children do. */
void reap_give_children_to_main(const struct process *t);

/* The program asks for news of any child, and there are some of this one. If it
 * is a thread it is reaped, and true returned. Takes the lock itself. */
bool reap_own(pid_t pid);

/* ---- Waiting for an end ---- */

/* One wait for the end of a thread. */
struct ending {
    struct process *thread;
    int pidfd; /* of its process; -1: none is needed, or can be had */
};

/* Begin one, with the_threads.lock held: its process cannot be reaped then. */
struct ending ending_open(struct process *t);

/* Wait, without the lock. The argument is a struct ending; returns 0. */
int ending_wait(void *ending);

void ending_close(struct ending *ending);

/* Wait for the end of every other thread, crashed ones included. Main only. */
void reap_others(void);

/* The first thing in a new process: die with main, or with this parent. */
void reap_born_of(pid_t parent);

#endif
