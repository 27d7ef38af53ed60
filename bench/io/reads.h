/* SPDX-License-Identifier: MIT */
/*
 * reads.h - a program that reads 4 KiB blocks of a file in random order, with
 * 64 reads under way.
 *
 *      PROGRAM FILE hot|direct MS     prints reads a second, and the
 *                                     microseconds of CPU time for one
 *
 * hot is out of the page cache: what the call itself costs. direct is O_DIRECT,
 * from the device each time: how well the waiting is done. Every block begins
 * with its number, which is checked, so a read that has not happened does not
 * count as a fast one.
 */
#ifndef BENCH_IO_READS_H
#define BENCH_IO_READS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READS_BLOCK 4096
#define READS_DEPTH 64
#define READS_SKIP  77
#define READS_LOOK  16 /* reads of a worker that share a look at the clock */

static int reads_fd;
static uint64_t reads_blocks; /* in the file */
static uint64_t reads_end;    /* when to stop */

/* Somebody who reads, one block after the other. */
struct reader {
    char *buf;
    uint64_t random, block;
    unsigned long done;
};

static struct reader readers[READS_DEPTH];

static inline void
reads_skip(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(READS_SKIP);
}

static inline uint64_t
reads_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The offset that this reader reads next; -1 when the time is over. */
static inline off_t
reads_next(struct reader *r)
{
    if (r->done % READS_LOOK == 0 && reads_clock(CLOCK_MONOTONIC) >= reads_end)
        return -1;
    r->random ^= r->random << 13; /* xorshift64 */
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    r->block = r->random % reads_blocks;
    return (off_t)(r->block * READS_BLOCK);
}

/* The read that reads_next asked for has come back with this. */
static inline void
reads_took(struct reader *r, long result)
{
    if (result < 0)
        reads_skip("read", (int)-result);
    if (result != READS_BLOCK || memcmp(r->buf, &r->block, sizeof r->block))
        reads_skip("a block is not what it should be", EIO);
    r->done++;
}

static inline void
reads_open(char **argv)
{
    bool direct = strcmp(argv[2], "direct") == 0;
    struct stat about;
    reads_fd = open(argv[1], direct ? O_RDONLY | O_DIRECT : O_RDONLY);
    if (reads_fd < 0 || fstat(reads_fd, &about) != 0)
        reads_skip(argv[1], errno);
    reads_blocks = (uint64_t)about.st_size / READS_BLOCK;
    char *buffers = aligned_alloc(READS_BLOCK, READS_BLOCK * READS_DEPTH);
    if (!buffers || reads_blocks == 0)
        reads_skip("nothing to read", EINVAL);
    for (size_t i = 0; i < READS_DEPTH; i++) {
        readers[i].buf = buffers + i * READS_BLOCK;
        readers[i].random = 88172645463325252u + i;
    }
}

/* Have read_all make every reader read until reads_next has no more. */
static inline int
reads_main(int argc, char **argv, void (*read_all)(void))
{
    if (argc != 4)
        return fprintf(stderr, "usage: %s FILE hot|direct MS\n", argv[0]), 2;
    reads_open(argv);
    uint64_t begin = reads_clock(CLOCK_MONOTONIC);
    uint64_t cpu = reads_clock(CLOCK_PROCESS_CPUTIME_ID);
    reads_end = begin + strtoul(argv[3], NULL, 10) * 1000000;
    read_all();
    double took = (double)(reads_clock(CLOCK_MONOTONIC) - begin);
    double used = (double)(reads_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    double done = 0;
    for (size_t i = 0; i < READS_DEPTH; i++)
        done += (double)readers[i].done;
    printf("%.1f %.4f\n", done * 1e9 / took, used / 1e3 / done);
    fflush(stdout);
    _exit(0);
}

#endif
