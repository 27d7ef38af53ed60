/* SPDX-License-Identifier: MIT */
/*
 * lab.c - the challenge comes in, the trace goes out.
 *
 * Each line is written at once, so that of a program that crashes everything
 * is there up to the crash. Nothing here uses stdio's streams, whose locks and
 * buffers the code under test may share.
 */
#include "lab.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACE_FD 3

static uint64_t state;    /* of the random numbers */
static uint64_t checksum; /* FNV-1a, begun with the nonce */
static unsigned events;
static bool mute;
static int trace = TRACE_FD;
static char challenge[256];

static void
give_up(const char *why)
{
    dprintf(STDERR_FILENO, "lab: %s\n", why);
    _exit(2);
}

static void
write_line(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        checksum = (checksum ^ (unsigned char)line[i]) * 0x100000001b3u;
    while (length > 0) {
        ssize_t written = write(trace, line, length);
        if (written <= 0)
            give_up("the trace cannot be written");
        line += written;
        length -= (size_t)written;
    }
}

void
lab_begin(void)
{
    char line[128];
    uint64_t nonce;
    ssize_t length = read(STDIN_FILENO, challenge, sizeof challenge - 1);
    challenge[length > 0 ? length : 0] = '\0';
    if (sscanf(challenge, "threadbare-lab %" SCNx64 " %" SCNu64, &nonce,
               &state) != 2)
        give_up("no challenge on standard input: type"
                " echo threadbare-lab 0 1 | PROGRAM");
    if (fcntl(trace, F_GETFD) < 0)
        trace = STDERR_FILENO;
    checksum = 0xcbf29ce484222325u ^ nonce;
    int n =
        snprintf(line, sizeof line, "threadbare-trace %" PRIx64 "\n", nonce);
    write_line(line, (size_t)n);
}

unsigned
lab_option(const char *name, unsigned otherwise)
{
    size_t length = strlen(name);
    for (const char *at = challenge; (at = strchr(at, ' ')) != NULL;) {
        at++;
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return (unsigned)strtoul(at + length + 1, NULL, 10);
    }
    return otherwise;
}

void
lab_mute(bool muted)
{
    mute = muted;
}

void __attribute__((noinline)) lab_chosen(void)
{
    __asm__ volatile("");
}

void
lab_reseed(uint64_t seed)
{
    state = seed;
}

/* splitmix64 */
uint64_t
lab_random_bits(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t
lab_random(uint64_t bound)
{
    return lab_random_bits() % bound;
}

void
lab_say(int lane, const char *format, ...)
{
    char line[256];
    va_list args;
    if (mute)
        return;
    int n = snprintf(line, sizeof line, "%u %d ", ++events, lane);
    va_start(args, format);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    va_end(args);
    if ((size_t)n > sizeof line - 2)
        n = sizeof line - 2;
    line[n++] = '\n';
    write_line(line, (size_t)n);
}

void
lab_end(void)
{
    char line[64];
    int n =
        snprintf(line, sizeof line, "end %u %" PRIx64 "\n", events, checksum);
    write_line(line, (size_t)n);
    _exit(0);
}
