/* SPDX-License-Identifier: MIT */
/* stream.c - bytes go from a writer through a relay to a reader, by two pipes
 * that hold fewer: each of the three waits for the others again and again. */
#include "io.h"
#include "outside.h"
#include "thread.h"

static int first[2], second[2];
static size_t length;
static unsigned key;

/* All of it, in as many writes as it takes. */
static bool
write_all(int fd, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = thread_write(fd, bytes, count);
        if (n <= 0 || (size_t)n > count)
            return false;
        bytes += n;
        count -= (size_t)n;
    }
    return true;
}

static void *
writer(void *arg)
{
    static unsigned char chunk[9000];
    size_t sent = 0;
    while (sent < length) {
        size_t n = 1 + lab_random(sizeof chunk);
        if (n > length - sent)
            n = length - sent;
        for (size_t i = 0; i < n; i++)
            chunk[i] = (unsigned char)((sent + i) * key >> 8);
        if (!write_all(first[1], chunk, n))
            lab_say(1, "a write went wrong");
        sent += n;
    }
    lab_say(1, "wrote %zu", sent);
    close(first[1]);
    return arg;
}

static void *
relay(void *arg)
{
    static unsigned char chunk[7000];
    size_t passed = 0;
    ssize_t n;
    while ((n = thread_read(first[0], chunk, sizeof chunk)) > 0) {
        passed += (size_t)n;
        if (!write_all(second[1], chunk, (size_t)n))
            lab_say(2, "a write went wrong");
    }
    lab_say(2, "passed on %zu, then %zd", passed, n);
    close(second[1]);
    return arg;
}

int
main(void)
{
    static unsigned char chunk[5000];
    thread_t one, two;
    uint64_t sum = 0, count = 0;
    ssize_t n;
    lab_begin();
    outside_begin();
    length = 150000 + lab_random(100000);
    key = 1 + (unsigned)lab_random(5000);
    if (pipe(first) != 0 || pipe(second) != 0)
        return 1;
    thread_create(&one, NULL, writer, NULL);
    thread_create(&two, NULL, relay, NULL);
    while ((n = thread_read(second[0], chunk, sizeof chunk)) > 0)
        for (ssize_t i = 0; i < n; i++)
            sum += ++count * chunk[i];
    lab_say(0, "read %d, sum %llu, then %zd", (int)count,
            (unsigned long long)sum, n);
    thread_join(one, NULL);
    thread_join(two, NULL);
    lab_end();
}
