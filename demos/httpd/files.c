/* SPDX-License-Identifier: MIT */
/*
 * files.c - see files.h.
 *
 * What is asked for often is in the kernel's caches, and to open it takes no
 * time: so that is tried first, in a form that never waits (RESOLVE_CACHED). A
 * path that has to be looked for on the disk, or walked name by name, is a
 * blocking call like any other: thread_blocking makes it, and nobody else waits.
 */
#include "httpd/files.h"

#include "io.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* NONBLOCK: a FIFO among the files must not keep us waiting for its writer. */
enum { OPEN = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

static int root = -1;

int
files_root(const char *directory)
{
    root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return root < 0 ? errno : 0;
}

/* ---- Below the root ---- */

/* One name of a path at a time; ".." and links are refused. */
static int
walk(const char *path)
{
    char name[NAME_MAX + 1];
    int at = dup(root);
    while (at >= 0 && *path) {
        size_t length = strcspn(path, "/");
        bool last = path[length] == '\0';
        bool fits = length > 0 && length < sizeof name;
        snprintf(name, sizeof name, "%.*s", fits ? (int)length : 0, path);
        int next = -1;
        if (!fits || strcmp(name, "..") == 0)
            errno = fits ? EXDEV : ENOENT;
        else
            next = openat(at, name,
                          last ? OPEN | O_NOFOLLOW
                               : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        close(at);
        errno = error;
        at = next;
        path += length + !last;
    }
    return at;
}

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20 /* Linux 5.12 */
#endif

static int
resolve(const char *path, uint64_t more)
{
    struct open_how how = {.flags = OPEN,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | more};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/* An old kernel, or a filter, may know no openat2. */
static void *
open_however_long(void *path)
{
    int fd = resolve(path, 0);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = walk(path);
    return (void *)(intptr_t)fd;
}

/* What the kernel has in mind already is open at once; for the rest a helper
 * waits. Not where a call stops everybody anyhow: while this thread waited, main
 * would stop all of them until the next client comes. */
static int
open_below(char *path)
{
    int fd = resolve(path, RESOLVE_CACHED);
    bool nobody_knows = fd < 0 && (errno == EAGAIN || errno == EINVAL ||
                                   errno == ENOSYS || errno == EPERM);
    if (!nobody_knows)
        return fd;
    void *opened = thread_model()->io_call_stalls
                       ? open_however_long(path)
                       : thread_blocking(open_however_long, path);
    return (int)(intptr_t)opened;
}

/* ---- What it is ---- */

static const char *
type_of(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".md", "text/plain; charset=utf-8"},
        {".c", "text/plain; charset=utf-8"},
        {".h", "text/plain; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".gif", "image/gif"},
        {".pdf", "application/pdf"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static int
status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return 404;
    case ENAMETOOLONG: return 414;
    case EXDEV: /* beyond the edge */
    case ELOOP:
    case EACCES:
    case EPERM:
    case ENXIO: return 403; /* nobody at the other end of a FIFO */
    case EMFILE:
    case ENFILE:
    case ENOMEM: return 503;
    default: return 500;
    }
}

/* Fill in the rest of a file whose descriptor is there. */
static int
examine(const char *path, struct file *file)
{
    struct stat s;
    if (fstat(file->fd, &s) != 0)
        return 500;
    if (S_ISDIR(s.st_mode))
        return 301;
    if (!S_ISREG(s.st_mode))
        return 403;
    file->size = s.st_size;
    file->modified = s.st_mtime;
    file->type = type_of(path);
    return 0;
}

int
files_open(const char *path, struct file *file)
{
    char below[PATH_MAX];
    size_t length = strlen(path);
    bool directory = path[length - 1] == '/';
    path += strspn(path, "/"); /* or it would be an absolute one */
    if (snprintf(below, sizeof below, "%s%s", path,
                 directory ? "index.html" : "") >= (int)sizeof below)
        return 414;
    file->fd = open_below(below);
    if (file->fd < 0)
        return status_of(errno);
    int status = examine(below, file);
    if (status)
        close(file->fd);
    return status;
}
