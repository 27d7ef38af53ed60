/* SPDX-License-Identifier: MIT */
/* files.c - a file has a position, which read and write move, and pread and
 * pwrite do not. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "thread.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEPS = 60, SIZE = 40 };

static int fd;
static char next = 'a';

static void
fill(char *buf, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf[i] = next;
    next = next == 'z' ? 'a' : (char)(next + 1);
}

static void
step(void)
{
    char buf[SIZE + 1] = "";
    int what = (int)lab_random(5);
    size_t count = 1 + lab_random(12);
    off_t at = (off_t)lab_random(SIZE);
    ssize_t n;
    switch (what) {
    case 0:
        fill(buf, count);
        n = thread_write(fd, buf, count);
        lab_say(0, "write %zd", n);
        break;
    case 1:
        fill(buf, count);
        n = thread_pwrite(fd, buf, count, at);
        lab_say(0, "pwrite %zd", n);
        break;
    case 2:
        n = thread_read(fd, buf, count);
        lab_say(0, "read %zd: %s", n, buf);
        break;
    case 3:
        n = thread_pread(fd, buf, count, at);
        lab_say(0, "pread %zd: %s", n, buf);
        break;
    default: lab_say(0, "seek %d", (int)lseek(fd, at / 2, SEEK_SET));
    }
}

int
main(void)
{
    lab_begin();
    enters_begin();
    fd = memfd_create("file", 0);
    if (fd < 0 || ftruncate(fd, SIZE) != 0)
        return 1;
    char dots[SIZE];
    memset(dots, '.', sizeof dots);
    lab_say(0, "pwrite %zd", thread_pwrite(fd, dots, sizeof dots, 0));
    for (int i = 0; i < STEPS; i++)
        step();
    lab_say(0, "fsync %d", thread_fsync(fd));
    lab_end();
}
