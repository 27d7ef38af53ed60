/* SPDX-License-Identifier: MIT */
/*
 * probe.h - places where a tracer can look in while the program runs.
 *
 * A probe is one instruction that does nothing, and a note in the program's
 * file that says where it is and in which register or field its arguments are.
 * perf, bpftrace, SystemTap and gdb read the notes (as USDT probes) and put a
 * breakpoint there; until somebody does, the nothing is all that a probe costs,
 * provided that its arguments are at hand: pass fields, compute nothing.
 *
 *      threadbare:create  thread, creator, name, function   made, and ready
 *      threadbare:switch  leaves, enters                    the CPU changes hands
 *      threadbare:block   thread, kind, object, descriptor  is about to wait
 *      threadbare:wake    thread                            need not wait any more
 *      threadbare:exit    thread                            has ended
 *
 * Threads are identifiers; 0 is the idle thread. The kind is an enum
 * thread_wait. Kernel threads are switched by the kernel, which has probes of
 * its own, so they have no threadbare:switch; and each says for itself that it
 * has woken.
 *
 * Without <sys/sdt.h> (Debian: systemtap-sdt-dev), or with -DNO_PROBES, there
 * are none.
 */
#ifndef COMMON_PROBE_H
#define COMMON_PROBE_H

#if !defined(NO_PROBES) && __has_include(<sys/sdt.h>)
#ifdef __clang__ /* which would copy each argument to the stack first */
#define STAP_SDT_ARG_CONSTRAINT m
#endif
#include <sys/sdt.h>
#ifdef __clang__ /* which sees that header's macros expanded in our lines */
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif
#define PROBE1(name, a)          DTRACE_PROBE1(threadbare, name, a)
#define PROBE2(name, a, b)       DTRACE_PROBE2(threadbare, name, a, b)
#define PROBE4(name, a, b, c, d) DTRACE_PROBE4(threadbare, name, a, b, c, d)
#else
#define PROBE1(name, a)          ((void)0)
#define PROBE2(name, a, b)       ((void)0)
#define PROBE4(name, a, b, c, d) ((void)0)
#endif

#endif
