/* SPDX-License-Identifier: MIT */
/* interrupt.h - getting a thread out of a system call. */
#ifndef KTHREADS_INTERRUPT_H
#define KTHREADS_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Have every system call of this process's thread end with EINTR, if it is in
 * one that waits. One that is about to enter it is missed: ask again until it
 * has said that it is out. False: it cannot be done. */
bool interrupt(pid_t tid);

/* The running thread can be interrupted from here on, whatever it inherited or
 * has blocked: a program that blocks all signals does not mean this one. */
void interrupt_allow(void);

/* The running thread is interrupted from the deadline on, over and over, until
 * interrupt_stop. Returns 0, or an errno number: it will not be. */
int interrupt_at(uint64_t deadline, timer_t *timer);
void interrupt_stop(timer_t *timer);

#endif
