/* SPDX-License-Identifier: MIT */
/* page.c - see page.h. */
#include "page.h"

#include "leave.h"
#include "usage.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_PLAIN = 80, WIDTH_LEAST = 60, WIDTH_MOST = 120 };

struct page page = {.width = WIDTH_PLAIN};

static int
terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    int width = columns ? atoi(columns) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = WIDTH_PLAIN;
    if (width < WIDTH_LEAST)
        return WIDTH_LEAST;
    return width < WIDTH_MOST ? width : WIDTH_MOST;
}

void
page_open(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    setlocale(LC_CTYPE, "");
    page.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    page.terminal = isatty(STDOUT_FILENO);
    if (!page.terminal)
        return;
    page.width = terminal_width();
    page.colour =
        !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
    if (page.colour)
        leave_coloured();
}

void
page_ink(enum ink ink)
{
    static const char *const codes[] = {
        [INK_PLAIN] = "0", [INK_BOLD] = "1",  [INK_DIM] = "2",
        [INK_GOOD] = "32", [INK_WAIT] = "33", [INK_REST] = "34",
        [INK_BAD] = "31",
    };
    if (page.colour)
        printf("\033[%sm", codes[ink]);
}

static bool
continues_a_letter(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static int
print_bytes(const char *text, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool foreign =
            byte < ' ' || byte == 127 || (byte >= 128 && !page.unicode);
        if (!continues_a_letter(text[i]))
            columns++;
        else if (!page.unicode)
            continue; /* one '?' for one letter */
        putchar(foreign ? '?' : byte);
    }
    return columns;
}

int
page_print(const char *text)
{
    return print_bytes(text, strlen(text));
}

static int
columns_of(const char *text, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += !continues_a_letter(text[i]);
    return columns;
}

void
page_wrap(const char *text, int at, int indent)
{
    static const char space[] = " \n\t";
    bool first = true;
    for (text += strspn(text, space); *text; text += strspn(text, space)) {
        size_t length = strcspn(text, space);
        int wide = columns_of(text, length);
        if (!first && at + 1 + wide > page.width) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            putchar(' ');
            at++;
        }
        at += print_bytes(text, length);
        text += length;
        first = false;
    }
    putchar('\n');
}

void
page_close(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno ? errno : EIO));
}
