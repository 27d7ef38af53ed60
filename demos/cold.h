/* SPDX-License-Identifier: MIT */
/*
 * cold.h - a file whose contents can be thrown out of memory.
 *
 * What has been read from a file, or written to it, stays in the page cache,
 * and the next read copies it from there: the file is *hot*. Few experiments
 * with files notice the disk at all. Here the kernel is told that the pages are
 * not needed (posix_fadvise), and then asked whether they have really gone.
 */
#ifndef DEMO_COLD_H
#define DEMO_COLD_H

#include "demo.h"

#include <stddef.h>

struct cold_file {
    int fd;     /* opened with O_NONBLOCK, for what that is worth */
    int direct; /* opened with O_DIRECT */
    size_t size;
    char *buf; /* of that size, and aligned for O_DIRECT */
};

/* Make one in a directory; it has no name there any more when this returns.
 * Skips if the directory has no room, lies in memory, or is on a file system
 * without O_DIRECT. */
void cold_open(struct cold_file *f, struct demo_run *d, const char *directory,
               size_t size);

/* Throw its contents out of memory. */
void cold_chill(struct cold_file *f);

/* What the kernel says of it: does poll(2) call it ready, and does epoll(7)
 * refuse to watch it? */
bool cold_is_always_ready(const struct cold_file *f);
bool cold_is_refused_by_epoll(const struct cold_file *f);

#endif
