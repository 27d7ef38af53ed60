/* SPDX-License-Identifier: MIT */
/*
 * report.h - the thread table, printed when something has gone wrong.
 */
#ifndef UTHREADS_REPORT_H
#define UTHREADS_REPORT_H

/* Have the threads printed when we panic, and when SIGQUIT asks for them,
 * unless the program handles that itself. */
void report_start(void);

/* Print every thread, its state and what it waits for, on standard error. Uses
 * neither stdio nor the heap: a panic may call it. */
void report_threads(void);

/* Say that the program is deadlocked, who waits for what, and abort. */
void report_deadlock(void) __attribute__((noreturn));

#endif
