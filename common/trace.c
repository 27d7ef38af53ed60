/* SPDX-License-Identifier: MIT */
/* trace.c - the recording: a mapped file, handed out chunk by chunk. */
#include "trace.h"

#include "panic.h"
#include "setting.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

bool trace_on;

static struct trace_header *header; /* the mapped file; NULL: not recording */
static struct trace_chunk *chunks;  /* the page after the header, and on */
static size_t file_size;
static int file = -1;
static uint32_t ring_size; /* chunks in it */

static void
copy_name(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

/* Map a file of the given size with its disk space reserved. Returns 0 or an
 * errno number, and leaves nothing behind when it fails. */
static int
map_file(const char *path, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno;
    int error = posix_fallocate(fd, 0, (off_t)size);
    if (error) {
        if (ftruncate(fd, 0) != 0)
            error = errno;
        close(fd);
        return error;
    }
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        error = errno;
        close(fd);
        return error;
    }
    header = map;
    chunks = (struct trace_chunk *)(void *)((char *)map + TRACE_HEADER_SIZE);
    file = fd;
    file_size = size;
    return 0;
}

void
trace_start(const struct thread_model *model)
{
    _Static_assert(sizeof(struct trace_record) == 16, "16 bytes a record");
    _Static_assert(sizeof(struct trace_chunk) == TRACE_CHUNK_SIZE, "1 KiB");
    _Static_assert(sizeof(struct trace_header) <= TRACE_HEADER_SIZE, "a page");

    const char *path = getenv("THREADS_TRACE");
    size_t megabytes = setting_number("THREADS_TRACE_MB", 1, 4096, 32);
    if (!path || !path[0])
        return;
    int error = map_file(path, megabytes << 20);
    if (error) {
        say("threadbare: no trace: %s: %s\n", path, strerror(error));
        return;
    }
    memcpy(header->magic, TRACE_MAGIC, sizeof header->magic);
    header->chunk_size = TRACE_CHUNK_SIZE;
    ring_size = (uint32_t)((file_size - TRACE_HEADER_SIZE) / TRACE_CHUNK_SIZE);
    header->chunk_count = ring_size;
    header->start = clock_pair_start();
    header->end = header->start;
    header->pid = (uint32_t)getpid();
    copy_name(header->model, sizeof header->model, model->name);
    copy_name(header->context, sizeof header->context, model->context);
    copy_name(header->policy, sizeof header->policy, model->policy);
    copy_name(header->io_engine, sizeof header->io_engine, model->io_engine);
    copy_name(header->program, sizeof header->program,
              program_invocation_short_name);
    trace_on = true;
}

/* Keep the newest pair of clock readings in the file, for whoever reads it
 * after a crash. If another kernel thread is at it, its pair will do. */
static void
note_time(void)
{
    static atomic_flag busy = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&busy))
        return;
    header->end = (struct clock_pair){clock_ticks(), clock_now()};
    atomic_flag_clear(&busy);
}

/* The next chunk that nobody is filling; NULL if a whole row of them is. */
static struct trace_chunk *
take_chunk(uint32_t tid)
{
    for (int tries = 0; tries < 64; tries++) {
        uint64_t n = __atomic_fetch_add(&header->taken, 1, __ATOMIC_RELAXED);
        struct trace_chunk *chunk = &chunks[n % ring_size];
        uint16_t closed = 0;
        if (!__atomic_compare_exchange_n(&chunk->open, &closed, 1, false,
                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        memset(chunk->records, 0, sizeof chunk->records);
        chunk->tid = tid;
        chunk->source = TRACE_LIBRARY;
        chunk->sequence = n + 1;
        note_time();
        return chunk;
    }
    return NULL;
}

void
trace_release(struct trace_cursor *c)
{
    if (c->chunk)
        __atomic_store_n(&c->chunk->open, 0, __ATOMIC_RELEASE);
    *c = (struct trace_cursor){.tid = c->tid};
}

void
trace_record(struct trace_cursor *c, uint64_t ticks, enum trace_event event,
             uint32_t thread, uint32_t arg)
{
    if (c->next == c->end) {
        if (!c->tid)
            c->tid = (uint32_t)syscall(SYS_gettid);
        trace_release(c);
        c->chunk = take_chunk(c->tid);
        if (!c->chunk) {
            __atomic_fetch_add(&header->lost, 1, __ATOMIC_RELAXED);
            return;
        }
        c->next = c->chunk->records;
        c->end = c->next + TRACE_CHUNK_RECORDS;
    }
    *c->next++ = (struct trace_record){
        .time = (ticks - header->start.ticks) & 0xffffffffffff,
        .event = (uint16_t)event,
        .thread = thread,
        .arg = arg,
    };
}

void
trace_now(struct trace_cursor *c, enum trace_event event, uint32_t thread,
          uint32_t arg)
{
    trace_record(c, clock_ticks(), event, thread, arg);
}

void
trace_name(struct trace_cursor *c, unsigned long thread, const char name[16])
{
    if (!trace_on)
        return;
    for (int i = 0; i < 4; i++) {
        uint32_t part = 0;
        for (int byte = 0; byte < 4; byte++)
            part |= (uint32_t)(unsigned char)name[4 * i + byte] << 8 * byte;
        trace_emit(c, (enum trace_event)(TRACE_NAME0 + i), thread, part);
    }
}

/* Put plain memory under the part of the map that is to be cut off: a kernel
 * thread may be in the middle of a record, and a store to a mapped page past
 * the end of its file is a SIGBUS. */
static int
cut_file(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t kept = (size + page - 1) / page * page;
    if (kept < file_size &&
        mmap((char *)header + kept, file_size - kept, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return -1;
    return ftruncate(file, (off_t)size);
}

void
trace_stop(void)
{
    if (!trace_on)
        return;
    trace_on = false;
    header->end = clock_pair_now();
    header->complete = 1;
    uint64_t used = header->taken < ring_size ? header->taken : ring_size;
    header->chunk_count = (uint32_t)used;
    if (cut_file(TRACE_HEADER_SIZE + used * TRACE_CHUNK_SIZE) != 0)
        say("threadbare: the trace keeps its full size: %s\n", strerror(errno));
}

void
trace_abandon(void)
{
    trace_on = false;
    if (header)
        munmap(header, file_size);
    if (file >= 0)
        close(file);
    header = NULL;
    file = -1;
}
