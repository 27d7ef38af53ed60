/* SPDX-License-Identifier: MIT */
/*
 * whole_file.h - a file that is written whole, or not at all.
 */
#ifndef CLI_WHOLE_FILE_H
#define CLI_WHOLE_FILE_H

#include <stdio.h>

/* Have write(file, arg) write what the file at path is to hold. Ends the
 * program with exit status 1, naming the file, when that cannot be done. */
void whole_file_write(const char *path, void (*write)(FILE *, const void *),
                      const void *arg);

#endif
