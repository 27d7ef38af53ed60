/* SPDX-License-Identifier: MIT */
/* flood.c - far more bytes than a pipe holds, in whole and in pieces: each call
 * says how many it was, and none is lost. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "thread.h"

#include <sys/uio.h>
#include <unistd.h>

enum { CHUNK = 150000 };

static int ends[2];
static size_t length;
static unsigned key;

/* One write, as a whole or in two pieces. */
static ssize_t
write_some(const unsigned char *bytes, size_t count, bool in_pieces)
{
    size_t half = count / 2;
    struct iovec pieces[2] = {
        {(void *)(uintptr_t)bytes, half},
        {(void *)(uintptr_t)(bytes + half), count - half}};
    return in_pieces ? thread_writev(ends[1], pieces, 2)
                     : thread_write(ends[1], bytes, count);
}

static void *
writer(void *arg)
{
    static unsigned char chunk[CHUNK];
    size_t sent = 0;
    for (unsigned i = 0; sent < length; i++) {
        size_t most = length - sent < CHUNK ? length - sent : CHUNK;
        for (size_t at = 0; at < most; at++)
            chunk[at] = (unsigned char)((sent + at) * key >> 8);
        ssize_t n = write_some(chunk, most, i % 2);
        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    lab_say(1, "wrote %zu", sent);
    close(ends[1]);
    return arg;
}

static ssize_t
read_some(unsigned char *bytes, size_t count, bool in_pieces)
{
    struct iovec pieces[2] = {{bytes, 10}, {bytes + 10, count - 10}};
    return in_pieces ? thread_readv(ends[0], pieces, 2)
                     : thread_read(ends[0], bytes, count);
}

int
main(void)
{
    static unsigned char chunk[9000];
    thread_t thread;
    uint64_t sum = 0, count = 0;
    ssize_t n;
    lab_begin();
    enters_begin();
    length = 250000 + lab_random(100000);
    key = 1 + (unsigned)lab_random(5000);
    if (pipe(ends) != 0)
        return 1;
    thread_create(&thread, NULL, writer, NULL);
    while ((n = read_some(chunk, sizeof chunk, count % 2)) > 0)
        for (ssize_t i = 0; i < n; i++)
            sum += ++count * chunk[i];
    lab_say(0, "read %d, sum %llu, then %zd", (int)count,
            (unsigned long long)sum, n);
    thread_join(thread, NULL);
    lab_end();
}
