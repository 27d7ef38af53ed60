/* SPDX-License-Identifier: MIT */
/*
 * files.h - the files below a directory, and never one outside of it.
 *
 * A path comes from a stranger: "/../../etc/passwd", or a symbolic link that
 * somebody left behind. To check the words and then open the file is the
 * classic mistake: what they mean may change in between. So it is the kernel
 * that walks the path and stops at the edge (openat2, RESOLVE_BENEATH); where
 * it cannot, we walk it ourselves, one directory at a time, and follow no
 * link.
 */
#ifndef HTTPD_FILES_H
#define HTTPD_FILES_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct file {
    int fd;
    off_t size;
    time_t modified;
    const char *type; /* "text/html; charset=utf-8" */
};

/* The directory that files are served from. 0 or an errno number. */
int files_root(const char *directory);

/*
 * Open what a decoded path names: "/" followed by anything. 0 and *file, whose
 * fd the caller closes; or 301, if it is a directory and lacks its final "/";
 * or the status of the refusal: 403, 404, 414, 500, 503.
 */
int files_open(const char *path, struct file *file);

#endif
