/* SPDX-License-Identifier: MIT */
/*
 * kernel_append.c - the kernel's records join the library's, in one file.
 *
 * A recording is then complete in itself: it can be drawn or exported at any
 * later time. The chunks go behind the last of the library's and only then
 * does the header count them, so a disk that fills up on the way leaves the
 * recording as it was.
 */
#include "grow.h"
#include "kernel_lanes.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
by_time(const void *a, const void *b)
{
    const struct kernel_event *e = a, *f = b;
    return e->ns < f->ns ? -1 : e->ns > f->ns;
}

/* The processes that a recording is of: the program's, and where a thread is a
 * process the others that it names. */
struct family {
    uint32_t *pids;
    size_t count, room;
};

static void
add_member(struct family *f, uint32_t pid)
{
    f->pids = grow(f->pids, f->count, &f->room, sizeof *f->pids);
    f->pids[f->count++] = pid;
}

/* O(n); a kernel thread that is no process does no harm among them. */
static bool
is_member(const struct family *f, uint32_t pid)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->pids[i] == pid)
            return true;
    return false;
}

/* Whom the library has seen start. */
static struct family
read_family(int fd, const struct trace_header *header)
{
    struct family f = {.pids = NULL};
    struct trace_chunk chunk;
    add_member(&f, header->pid);
    for (uint32_t c = 0; c < header->chunk_count; c++) {
        off_t at = TRACE_HEADER_SIZE + (off_t)c * TRACE_CHUNK_SIZE;
        if (pread(fd, &chunk, sizeof chunk, at) != sizeof chunk)
            break;
        for (int i = 0; chunk.sequence && i < TRACE_CHUNK_RECORDS; i++)
            if (chunk.records[i].event == TRACE_START &&
                !is_member(&f, chunk.records[i].arg))
                add_member(&f, chunk.records[i].arg);
    }
    return f;
}

/* Keep what concerns those processes, in order of time. A record without a
 * process is a loss, which concerns everybody. */
static size_t
select_events(struct kernel_lanes *k, const struct family *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < k->count; i++)
        if (k->events[i].event == TRACE_KERNEL_LOST ||
            is_member(f, k->events[i].pid))
            k->events[kept++] = k->events[i];
    qsort(k->events, kept, sizeof *k->events, by_time);
    return kept;
}

static void
fill_chunk(struct trace_chunk *chunk, const struct trace_header *header,
           const struct kernel_event *events, size_t count)
{
    chunk->source = TRACE_KERNEL;
    for (size_t i = 0; i < count; i++) {
        const struct kernel_event *e = &events[i];
        uint64_t since =
            e->ns > header->start.ns ? e->ns - header->start.ns : 0;
        chunk->records[i] = (struct trace_record){
            .time = since & 0xffffffffffff,
            .event = (uint16_t)e->event,
            .thread = e->tid,
            .arg = e->arg,
        };
    }
}

/* Write all of it there. Returns 0 or an errno number. */
static int
write_at(int fd, const void *data, size_t size, off_t at)
{
    const char *next = data;
    while (size > 0) {
        ssize_t n = pwrite(fd, next, size, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        next += n;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

static int
append_to(struct kernel_lanes *k, int fd)
{
    struct trace_header header;
    struct stat st;
    if (fstat(fd, &st) != 0)
        return errno;
    if (pread(fd, &header, sizeof header, 0) != sizeof header ||
        memcmp(header.magic, TRACE_MAGIC, sizeof header.magic) != 0)
        return EINVAL;

    struct family family = read_family(fd, &header);
    size_t events = select_events(k, &family);
    free(family.pids);
    size_t count = (events + TRACE_CHUNK_RECORDS - 1) / TRACE_CHUNK_RECORDS;
    struct trace_chunk *chunks = must_alloc(count, sizeof *chunks);
    for (size_t i = 0; i < count; i++) {
        size_t first = i * TRACE_CHUNK_RECORDS;
        size_t rest = events - first;
        chunks[i].sequence = header.taken + i + 1;
        fill_chunk(&chunks[i], &header, &k->events[first],
                   rest < TRACE_CHUNK_RECORDS ? rest : TRACE_CHUNK_RECORDS);
    }
    off_t end =
        TRACE_HEADER_SIZE + (off_t)header.chunk_count * TRACE_CHUNK_SIZE;
    int error = write_at(fd, chunks, count * sizeof *chunks, end);
    free(chunks);
    header.chunk_count += (uint32_t)count;
    header.taken += count;
    if (!error)
        error = write_at(fd, &header, sizeof header, 0);
    if (error && ftruncate(fd, st.st_size) != 0)
        return errno;
    return error;
}

int
kernel_lanes_append(struct kernel_lanes *k, const char *trace_path)
{
    int fd = open(trace_path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = append_to(k, fd);
    if (close(fd) != 0 && !error)
        error = errno;
    return error;
}
