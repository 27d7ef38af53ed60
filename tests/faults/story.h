/* SPDX-License-Identifier: MIT */
/* story.h - a program that uses the whole contract, and takes no for an
 * answer. */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

/* Run it. The caller may be told of errors that are none of those which the
 * contract documents: NULL, or what went wrong. */
const char *story(void);

#endif
