/* SPDX-License-Identifier: MIT */
/*
 * seldom.h - code that most calls do not need, on a path where nanoseconds
 * count.
 *
 * A compiler likes to make such a function part of the one that calls it, which
 * then saves registers every time that only the seldom part uses. Marked
 * SELDOM, it stands apart, away from what is run all the time.
 */
#ifndef COMMON_SELDOM_H
#define COMMON_SELDOM_H

#define SELDOM __attribute__((noinline, cold))

#endif
