/* SPDX-License-Identifier: MIT */
/*
 * chrome.c - see chrome.h.
 *
 * Events are written one by one, so a recording of millions needs no more
 * memory than its lanes.
 */
#include "chrome.h"

#include "grow.h"
#include "whole_file.h"

#include <jansson.h>
#include <stdio.h>

/* Two groups of rows. To the format they are processes. */
enum { THREADS = 1, KERNEL = 2 };

struct writer {
    FILE *file;
    size_t events;
    json_int_t flows;
};

/* ---- Events ---- */

/* Write one event; takes the object over. */
static void
write_event(struct writer *w, json_t *event)
{
    if (!event)
        fail("out of memory");
    fputs(w->events++ ? ",\n" : "\n", w->file);
    json_dumpf(event, w->file, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(event);
}

static void
write_name(struct writer *w, const char *what, int process, uint32_t thread,
           const char *name)
{
    write_event(w, json_pack("{s:s, s:s, s:i, s:I, s:{s:s}}", "ph", "M", "name",
                             what, "pid", process, "tid", (json_int_t)thread,
                             "args", "name", name));
}

/* Rows in the order of their numbers, not of their first event. */
static void
write_place(struct writer *w, int process, uint32_t thread)
{
    write_event(w, json_pack("{s:s, s:s, s:i, s:I, s:{s:I}}", "ph", "M", "name",
                             "thread_sort_index", "pid", process, "tid",
                             (json_int_t)thread, "args", "sort_index",
                             (json_int_t)thread));
}

static void
slice_name(const struct timeline *t, const struct interval *piece, char *name,
           size_t size)
{
    static const char *const words[] = {"",
                                        "running",
                                        "ready",
                                        "blocked",
                                        "stalled in the kernel",
                                        "not recorded"};
    char reason[48];
    timeline_reason(t, piece->why, reason, sizeof reason);
    if (piece->state == STATE_BLOCKED)
        snprintf(name, size, "blocked: %s", reason);
    else
        snprintf(name, size, "%s", words[piece->state]);
}

static void
write_slices(struct writer *w, const struct timeline *t,
             const struct lane *lane, int process)
{
    uint32_t row = process == THREADS ? lane->thread : lane->tid;
    for (size_t i = 0; i < lane->count; i++) {
        const struct interval *piece = &lane->intervals[i];
        char name[64];
        slice_name(t, piece, name, sizeof name);
        write_event(w, json_pack("{s:s, s:s, s:s, s:i, s:I, s:f, s:f}", "ph",
                                 "X", "cat", "state", "name", name, "pid",
                                 process, "tid", (json_int_t)row, "ts",
                                 (double)piece->from / 1e3, "dur",
                                 (double)(piece->to - piece->from) / 1e3));
    }
}

static void
write_flow_end(struct writer *w, const char *phase, uint32_t row, uint64_t ns)
{
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:i, s:I, s:f, s:I}", "ph", phase, "cat",
                  "wake", "name", "wake", "pid", THREADS, "tid",
                  (json_int_t)row, "ts", (double)ns / 1e3, "id", w->flows);
    if (event && phase[0] == 'f')
        json_object_set_new(event, "bp", json_string("e"));
    write_event(w, event);
}

/* When the lane runs first from then on; UINT64_MAX: never. i only moves
 * forward: wakes are in order of time. */
static uint64_t
next_run(const struct lane *lane, uint64_t ns, size_t *i)
{
    while (*i < lane->count && (lane->intervals[*i].state != STATE_RUNNING ||
                                lane->intervals[*i].to <= ns))
        ++*i;
    if (*i == lane->count)
        return UINT64_MAX;
    uint64_t from = lane->intervals[*i].from;
    return from > ns ? from : ns;
}

static void
write_flows(struct writer *w, const struct timeline *t, const struct lane *lane)
{
    size_t run = 0;
    for (size_t i = 0; i < lane->wake_count; i++) {
        const struct wake *wake = &lane->wakes[i];
        uint64_t to = next_run(lane, wake->ns, &run);
        if (to == UINT64_MAX || !timeline_thread(t, wake->by))
            continue;
        w->flows++;
        write_flow_end(w, "s", wake->by, wake->ns);
        write_flow_end(w, "f", lane->thread, to);
    }
}

/* "process 4711", or "reader (tid 4712)" where the kernel runs each thread. */
static void
kernel_label(const struct timeline *t, const struct lane *kernel, char *label,
             size_t size)
{
    char name[40];
    bool process = kernel->tid == t->recording.header.pid;
    snprintf(label, size, "%s %u", process ? "process" : "tid", kernel->tid);
    for (size_t i = 0; !t->many_to_one && i < t->thread_count; i++) {
        if (t->threads[i].tid != kernel->tid)
            continue;
        timeline_label(t, &t->threads[i], name, sizeof name);
        snprintf(label, size, "%s (tid %u)", name, kernel->tid);
        return;
    }
}

static void
write_lanes(struct writer *w, const struct timeline *t)
{
    char name[64];
    for (size_t i = 0; i < t->thread_count; i++) {
        const struct lane *lane = &t->threads[i];
        timeline_label(t, lane, name, sizeof name);
        write_name(w, "thread_name", THREADS, lane->thread, name);
        write_place(w, THREADS, lane->thread);
        write_slices(w, t, lane, THREADS);
        write_flows(w, t, lane);
    }
    for (size_t i = 0; i < t->kernel_count; i++) {
        const struct lane *lane = &t->kernel[i];
        kernel_label(t, lane, name, sizeof name);
        write_name(w, "thread_name", KERNEL, lane->tid, name);
        write_slices(w, t, lane, KERNEL);
    }
}

static void
write_all(struct writer *w, const struct timeline *t)
{
    const struct trace_header *h = &t->recording.header;
    char program[sizeof h->program], name[sizeof h->program + 32];
    snprintf(program, sizeof program, "%s", h->program);
    for (char *c = program; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    fprintf(w->file, "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [");
    snprintf(name, sizeof name, "%s: the threads", program);
    write_name(w, "process_name", THREADS, 0, name);
    if (t->kernel_count) {
        snprintf(name, sizeof name, "%s: what the kernel saw", program);
        write_name(w, "process_name", KERNEL, 0, name);
    }
    write_lanes(w, t);
    fprintf(w->file, "\n]}\n");
}

/* ---- The file ---- */

static void
write_to(FILE *file, const void *timeline)
{
    struct writer w = {.file = file};
    write_all(&w, timeline);
}

void
chrome_write(const struct timeline *t, const char *path)
{
    whole_file_write(path, write_to, t);
}
