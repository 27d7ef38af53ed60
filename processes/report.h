/* SPDX-License-Identifier: MIT */
/*
 * report.h - the thread table, printed when something has gone wrong.
 */
#ifndef PROCESSES_REPORT_H
#define PROCESSES_REPORT_H

#include "process.h"

/* Have the threads printed when we panic, and when SIGQUIT asks for them,
 * unless the program handles that itself. */
void report_start(void);

/* Print every thread, its state and what it waits for, on standard error. Uses
 * neither stdio nor the heap: a panic may call it. */
void report_threads(void);

/* Keep what thread_info will say of the running thread after its end, when
 * the kernel has forgotten it. */
void report_last(struct process *t);

#endif
