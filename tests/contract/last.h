/* SPDX-License-Identifier: MIT */
/* last.h - the last pages of what the tests share: see contract.c. */
#ifndef TESTS_LAST_H
#define TESTS_LAST_H

#define PAGE_MOST 65536 /* a page is no larger, on any processor of ours */

extern char last[PAGE_MOST];

#endif
