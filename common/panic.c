/* SPDX-License-Identifier: MIT */
/* panic.c - see panic.h. */
#include "panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void (*panic_hook)(void);

static void __attribute__((format(printf, 2, 0)))
say_va(const char *prefix, const char *format, va_list args)
{
    char line[512];
    int n = snprintf(line, sizeof line, "%s", prefix);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    size_t length = (size_t)(n + (m > 0 ? m : 0));
    if (length > sizeof line - 2)
        length = sizeof line - 2;
    if (prefix[0])
        line[length++] = '\n';
    while (write(STDERR_FILENO, line, length) < 0)
        break; /* nobody listens: nothing more can be done */
}

void
say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_va("", format, args);
    va_end(args);
}

void
give_up(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_va("threadbare: ", format, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

void
panic(const char *format, ...)
{
    static int panicking;
    va_list args;
    va_start(args, format);
    say_va("threadbare: ", format, args);
    va_end(args);
    if (!panicking++ && panic_hook)
        panic_hook();
    abort();
}
