/* SPDX-License-Identifier: MIT */
/*
 * recording.h - a trace file, read with suspicion.
 *
 * The file may be cut short, come from another program or have been tampered
 * with; a process may still be writing it. It is therefore read, not mapped,
 * and every number in it is checked before it is believed. What comes out is
 * one array of records in order of time, in nanoseconds since the start.
 */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include "trace.h"

#include <stddef.h>

struct record {
    uint64_t ns;    /* since the recording began */
    uint32_t order; /* breaks ties: the order in the file */
    uint32_t thread;
    uint32_t arg;
    uint16_t event;
};

struct recording {
    struct trace_header header; /* its strings end in a NUL */
    struct record *records;
    size_t count;
    uint64_t end;               /* the time of the last record */
    uint64_t lost_chunks;       /* the oldest, written over */
    uint64_t lost;              /* records lost because every chunk was open */
    bool kernel;                /* the kernel's records are there */
    bool kernel_lost;           /* some of those were lost ... */
    uint64_t kernel_lost_count; /* ... this many; 0: nobody knows */
};

/* Read a file. NULL if it is good; otherwise what is wrong with it, in words
 * that can follow the file's name, and there is nothing to free. */
const char *recording_read(struct recording *r, const char *path);

void recording_free(struct recording *r);

#endif
