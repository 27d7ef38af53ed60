/* SPDX-License-Identifier: MIT */
/* cold.c - see cold.h. */
#include "cold.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

/* A multiple of what O_DIRECT asks for, and of any page. */
enum { BLOCK = 65536 };

/* Nameless from the first byte on, so that nothing stays behind. */
static void
create(struct cold_file *f, struct demo_run *d, const char *directory)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/threadbare.XXXXXX", directory);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        demo_skip(d, "no file can be made in %s: %s.", directory,
                  strerror(errno));
    f->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    f->direct = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    int error = errno;
    unlink(path);
    close(fd);
    if (f->direct < 0)
        demo_skip(d,
                  "a file in %s cannot be read past the page cache "
                  "(O_DIRECT): %s; name another directory with --dir.",
                  directory, strerror(error));
    if (f->fd < 0)
        demo_fail("a file in %s: %s", directory, strerror(errno));
}

static void
fill(struct cold_file *f, struct demo_run *d)
{
    size_t written = 0;
    memset(f->buf, '.', f->size);
    while (written < f->size) {
        ssize_t n = write(f->fd, f->buf, f->size - written);
        if (n < 0)
            demo_skip(d, "no room for a file of %zu MiB: %s.", f->size >> 20,
                      strerror(errno));
        written += (size_t)n;
    }
}

/* Is the last byte in memory? */
static bool
is_hot(const struct cold_file *f)
{
    unsigned char resident;
    long size = sysconf(_SC_PAGESIZE);
    off_t last = (off_t)f->size - size;
    void *page = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, f->fd, last);
    if (page == MAP_FAILED || mincore(page, (size_t)size, &resident) != 0)
        demo_fail("a look into the page cache: %s", strerror(errno));
    munmap(page, (size_t)size);
    return resident & 1;
}

void
cold_open(struct cold_file *f, struct demo_run *d, const char *directory,
          size_t size)
{
    f->size = (size + BLOCK - 1) / BLOCK * BLOCK;
    f->buf = aligned_alloc(BLOCK, f->size);
    if (!f->buf)
        demo_fail("out of memory");
    create(f, d, directory);
    fill(f, d);
    cold_chill(f);
    if (is_hot(f))
        demo_skip(d,
                  "a file in %s stays in memory, as in a tmpfs; name "
                  "another directory with --dir.",
                  directory);
}

void
cold_chill(struct cold_file *f)
{
    /* Only clean pages can be thrown away. */
    if (fsync(f->fd) != 0 || posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED))
        demo_fail("the file does not cool down: %s", strerror(errno));
}

bool
cold_is_always_ready(const struct cold_file *f)
{
    struct pollfd p = {.fd = f->fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

bool
cold_is_refused_by_epoll(const struct cold_file *f)
{
    struct epoll_event in = {.events = EPOLLIN};
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int result = epoll_ctl(epfd, EPOLL_CTL_ADD, f->fd, &in);
    bool refused = result != 0 && errno == EPERM;
    close(epfd);
    return refused;
}
