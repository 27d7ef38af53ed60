/* SPDX-License-Identifier: MIT */
/*
 * page.h - what we write on: how wide, in which letters, with colour or not.
 *
 * A pipe or a file gets 80 columns of plain text, always the same. A terminal
 * gets its own width, up to 120 columns, and colour unless NO_COLOR is set;
 * the locale says whether it can show more than ASCII. Colour never carries
 * meaning alone: what it says, a letter says too.
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

enum ink {
    INK_PLAIN,
    INK_BOLD,
    INK_DIM,
    INK_GOOD,
    INK_WAIT,
    INK_REST,
    INK_BAD
};

struct page {
    int width;
    bool colour;
    bool unicode;
    bool terminal;
};

/* Look at standard output and the environment; sets the locale. */
void page_open(void);

extern struct page page;

/* Change the colour of what follows, if there is colour. */
void page_ink(enum ink ink);

/* Print a name or a sentence that somebody else wrote: control characters
 * and, where the page is ASCII, all others become '?'. Returns the columns. */
int page_print(const char *text);

/*
 * Print words, broken between them, from column `at` on; lines after the
 * first begin at column `indent`. Ends the line.
 */
void page_wrap(const char *text, int at, int indent);

/* Flush; if what we printed did not arrive (a full disk), say so and end with
 * exit status 1. */
void page_close(void);

#endif
