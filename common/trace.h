/* SPDX-License-Identifier: MIT */
/*
 * trace.h - what happened, and when: the recording and its file format.
 *
 * THREADS_TRACE=FILE makes a program record every event of its threads. The
 * recording lies in a file that is mapped, not written, so a crash, an abort
 * or a SIGKILL loses nothing of it. The file is a ring of 1 KiB chunks:
 *
 *      [header, 4096 bytes][chunk][chunk][chunk] ...
 *      chunk = {sequence, tid, source} and 63 records of 16 bytes
 *
 * A scheduler (or, in a kernel model, each kernel thread) takes a chunk, fills
 * it alone and without any lock, and takes the next. A process that is forked
 * inherits the map and does the same, into the same file. When all are taken, the
 * one filled longest ago is taken again and its events are lost: header.taken
 * and header.lost tell. A record whose event is 0 ends its chunk. To read a
 * file: take the chunks whose sequence is not 0, sort them by it; within one
 * chunk, records are in order of time.
 *
 * A record off costs one branch; on, about 10 ns, most of it reading the
 * counter. Knows no model. Every number in the file is in the byte order of
 * the machine that wrote it.
 */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include "clock.h"

#include <stdbool.h>
#include <stdint.h>

enum trace_event {
    TRACE_END = 0, /* not an event: the rest of the chunk is unused */

    /* Recorded by the library. thread: whom it is about. */
    TRACE_CREATE, /* made and ready. arg: its creator */
    TRACE_START,  /* its first instant. arg: the kernel thread under it */
    TRACE_NAME0,  /* name, bytes 0-3 in arg (byte 0 lowest) ... */
    TRACE_NAME1,
    TRACE_NAME2,
    TRACE_NAME3,   /* ... bytes 12-15. A name is always all four, in order */
    TRACE_RUN,     /* given the CPU. arg: who had it before; 0: idle */
    TRACE_YIELD,   /* gave the CPU up, and is ready */
    TRACE_BLOCK,   /* waits. arg: TRACE_WAIT(kind, detail) */
    TRACE_READY,   /* woken. arg: by whom; 0: a deadline or a completion */
    TRACE_EXIT,    /* ended */
    TRACE_IDLE,    /* thread 0: nobody is ready; the scheduler waits */
    TRACE_PREEMPT, /* lost the CPU at the end of its quantum, and is ready */

    /* Recorded by the kernel, put here by the front end. thread: a kernel
     * thread's tid. Time: see source in struct trace_chunk. */
    TRACE_KERNEL_IN = 64, /* on a CPU. arg: which */
    TRACE_KERNEL_OUT,     /* off it. arg: 1: preempted, is ready; 0: blocked */
    TRACE_KERNEL_EXIT,    /* this kernel thread has ended */
    TRACE_KERNEL_LOST     /* arg: this many of the kernel's records were lost */
};

/* The argument of TRACE_BLOCK: what is waited for (enum thread_wait) and
 * whom or what: a thread, a descriptor, or the low bits of an address. */
#define TRACE_WAIT(kind, detail) \
    ((uint32_t)(kind) << 24 | ((uint32_t)(detail)&0xffffff))
#define TRACE_WAIT_GIL         0x80 /* a kind of our own: detail holds the lock */
#define TRACE_WAIT_KIND(arg)   ((arg) >> 24)
#define TRACE_WAIT_DETAIL(arg) ((arg)&0xffffff)

struct trace_record {
    uint64_t time : 48; /* ticks since header.start.ticks */
    uint64_t event : 16;
    uint32_t thread; /* the low 32 bits of a thread_t, or a tid */
    uint32_t arg;
};

#define TRACE_HEADER_SIZE   4096
#define TRACE_CHUNK_SIZE    1024
#define TRACE_CHUNK_RECORDS 63

enum trace_source {
    TRACE_LIBRARY, /* time in ticks since header.start.ticks */
    TRACE_KERNEL   /* time in nanoseconds since header.start.ns */
};

struct trace_chunk {
    uint64_t sequence; /* order in which chunks were taken, from 1; 0: never */
    uint32_t tid;      /* the kernel thread that filled it */
    uint16_t source;   /* enum trace_source */
    uint16_t open;     /* 1: somebody is filling it */
    struct trace_record records[TRACE_CHUNK_RECORDS];
};

#define TRACE_MAGIC "TBTRACE1"

struct trace_header {
    char magic[8];        /* TRACE_MAGIC, without its NUL */
    uint32_t chunk_size;  /* TRACE_CHUNK_SIZE */
    uint32_t chunk_count; /* chunks in this file */
    uint64_t taken;       /* chunks ever taken; above chunk_count: the oldest
                             (taken - chunk_count) chunks were lost */
    uint64_t lost;        /* records lost because every chunk was open */
    struct clock_pair start;
    struct clock_pair end; /* as of the newest chunk, or of the end */
    uint32_t pid;
    uint32_t complete; /* 1: the process ended in good order */
    char model[16];    /* thread_model()->name, context, ... */
    char context[16];
    char policy[16];
    char io_engine[16];
    char program[64]; /* the file name it was run as */
};

/* Where the next record goes. One for each that records alone. */
struct trace_cursor {
    struct trace_record *next;
    struct trace_record *end;
    struct trace_chunk *chunk;
    uint32_t tid;
};

/* On or off; read before every record. */
extern bool trace_on __attribute__((visibility("hidden")));

struct thread_model;

/*
 * Start recording if THREADS_TRACE asks for it. THREADS_TRACE_MB (1 to 4096,
 * default 32) is the size of the file; its disk space is reserved now, so a
 * full disk is met here and never in the middle of a run. A file that cannot
 * be had is named on standard error with the reason, and the program goes on
 * without. Call once, after clock_start.
 */
void trace_start(const struct thread_model *model);

/* Close the recording in good order: cut the file to what was used. Other
 * kernel threads may still run; what they do from here on is not recorded. */
void trace_stop(void);

/* A kernel thread that records alone ends: let its chunk be taken again. */
void trace_release(struct trace_cursor *c);

/* In a child after fork: leave the recording to the parent. */
void trace_abandon(void);

/* Record one event; the slow half of trace_emit. Never switches. */
void trace_record(struct trace_cursor *c, uint64_t ticks,
                  enum trace_event event, uint32_t thread, uint32_t arg);

/* The same, at this moment. */
void trace_now(struct trace_cursor *c, enum trace_event event, uint32_t thread,
               uint32_t arg);

/* Record one event if tracing is on. */
static inline void
trace_emit(struct trace_cursor *c, enum trace_event event, unsigned long thread,
           uint32_t arg)
{
    if (__builtin_expect(trace_on, 0))
        trace_now(c, event, (uint32_t)thread, arg);
}

/* Record a thread's name, if tracing is on. */
void trace_name(struct trace_cursor *c, unsigned long thread,
                const char name[16]);

#endif
