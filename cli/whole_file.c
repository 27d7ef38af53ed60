/* SPDX-License-Identifier: MIT */
/*
 * whole_file.c - see whole_file.h.
 *
 * A regular file is written under another name in the same directory and then
 * renamed, so that nobody ever sees half of it; anything else (a pipe, a
 * terminal) is written straight.
 */
#include "whole_file.h"

#include "leave.h"
#include "usage.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct content {
    void (*write)(FILE *, const void *);
    const void *arg;
};

/* Write, and close. Returns 0 or an errno number. */
static int
write_and_close(FILE *file, const struct content *content)
{
    errno = 0;
    content->write(file, content->arg);
    bool good = fflush(file) == 0 && !ferror(file);
    int error = good ? 0 : errno ? errno : EIO;
    if (fclose(file) != 0 && !error)
        error = errno;
    return error;
}

static int
write_straight(const char *path, const struct content *content)
{
    FILE *file = fopen(path, "we");
    return file ? write_and_close(file, content) : errno;
}

/* With the permissions that a file made by open would have had. */
static int
write_temporary(int fd, const struct content *content)
{
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    FILE *file = fdopen(fd, "w");
    return file ? write_and_close(file, content) : errno;
}

static int
write_and_rename(const char *path, const struct content *content)
{
    char target[PATH_MAX], temporary[PATH_MAX + 8];
    if (!realpath(path, target)) /* a link is kept, what it names is replaced */
        snprintf(target, sizeof target, "%s", path);
    snprintf(temporary, sizeof temporary, "%s.XXXXXX", target);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return errno;
    leave_remove(temporary);
    int error = write_temporary(fd, content);
    if (!error && rename(temporary, target) != 0)
        error = errno;
    if (!error)
        leave_keep();
    return error;
}

void
whole_file_write(const char *path, void (*write)(FILE *, const void *),
                 const void *arg)
{
    struct content content = {write, arg};
    struct stat st;
    bool regular = stat(path, &st) != 0 || S_ISREG(st.st_mode);
    int error = regular ? write_and_rename(path, &content)
                        : write_straight(path, &content);
    if (error)
        fail("%s: %s", path, strerror(error));
}
