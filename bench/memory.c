/* SPDX-License-Identifier: MIT */
/*
 * memory.c - what a parked thread takes: its memory, the kernel's page tables
 * for it, its share of the mappings; and the time to make it and to end it.
 *
 * Each row is measured in a process of its own, so that none finds what an
 * earlier one has left. A guard is counted with its stack: where it is only a
 * mark in the page tables it takes no page of its own. What it takes to create
 * a million is mostly the machine's own search for memory: in a virtual machine
 * 14 us each, where merely touching a million fresh pages took 12.
 */
#include "sync.h"
#include "thread.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOAL 4608 /* bytes of resident memory each */

struct row {
    size_t threads;
    size_t stack_size;
    double resident, tables; /* bytes each */
    double create_ns, end_ns;
    size_t mappings;
    int error;
};

/* What the process has of everything, at one moment. */
struct use {
    size_t resident, tables, mappings;
    uint64_t time;
};

static struct semaphore go = SEMAPHORE_INITIALIZER(0);

static void *
park(void *arg)
{
    semaphore_wait(&go);
    return arg;
}

/* The value of a line "name:  value kB" of a file in /proc, in bytes; 0 if
 * there is none. */
static size_t
proc_value(const char *path, const char *name)
{
    char line[256];
    size_t kib = 0, length = strlen(name);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            kib = strtoul(line + length + 1, NULL, 10);
    if (file)
        fclose(file);
    return kib * 1024;
}

static size_t
mappings(void)
{
    size_t lines = 0;
    int c;
    FILE *file = fopen("/proc/self/maps", "r");
    while (file && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

static struct use
use_now(void)
{
    return (struct use){proc_value("/proc/self/status", "VmRSS"),
                        proc_value("/proc/self/status", "VmPTE"), mappings(),
                        thread_now()};
}

/* Make that many threads, let each run until it blocks, look, end them. */
static void
measure(struct row *row)
{
    struct thread_attr attr = {.stack_size = row->stack_size};
    size_t made = 0, count = row->threads;
    thread_t *threads = calloc(count, sizeof *threads);
    if (!threads)
        abort();
    memset(threads, 1, count * sizeof *threads); /* its memory is not theirs */
    thread_self();
    struct use before = use_now();
    while (made < count && !row->error) {
        row->error = thread_create(&threads[made], &attr, park, NULL);
        made += !row->error;
    }
    thread_yield();
    struct use parked = use_now();
    for (size_t i = 0; i < made; i++)
        semaphore_post(&go);
    for (size_t i = 0; i < made; i++)
        thread_join(threads[i], NULL);
    uint64_t end = thread_now();

    double n = (double)made;
    row->resident = (double)(parked.resident - before.resident) / n;
    row->tables = (double)(parked.tables - before.tables) / n;
    row->mappings = parked.mappings - before.mappings;
    row->create_ns = (double)(parked.time - before.time) / n;
    row->end_ns = (double)(end - parked.time) / n;
    free(threads);
}

static bool
measure_apart(struct row *row)
{
    int ends[2], status = 1;
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork(); /* before the first contract call */
    if (child == 0) {
        measure(row);
        _exit(write(ends[1], row, sizeof *row) == (ssize_t)sizeof *row ? 0 : 1);
    }
    close(ends[1]);
    bool whole =
        child > 0 && read(ends[0], row, sizeof *row) == (ssize_t)sizeof *row;
    close(ends[0]);
    if (child > 0)
        waitpid(child, &status, 0);
    return whole && status == 0 && row->error == 0;
}

/* Too little for that many threads, at 5 KiB each and half as much to spare? */
static bool
short_of_memory(size_t threads)
{
    return proc_value("/proc/meminfo", "MemAvailable") / 7680 < threads;
}

static json_t *
as_json(const struct row *row)
{
    return json_pack("{s:I, s:I, s:f, s:f, s:I, s:f, s:f, s:i, s:b}", "threads",
                     (json_int_t)row->threads, "stack_bytes",
                     (json_int_t)row->stack_size, "resident_bytes",
                     row->resident, "page_table_bytes", row->tables, "mappings",
                     (json_int_t)row->mappings, "create_ns", row->create_ns,
                     "end_ns", row->end_ns, "goal_resident_bytes", GOAL,
                     "reached", row->resident <= GOAL);
}

static void
print(const struct row *row)
{
    printf("  %9zu %8zu KiB %10.0f B %10.0f B %10zu %9.0f ns %7.0f ns%s\n",
           row->threads, row->stack_size / 1024, row->resident, row->tables,
           row->mappings, row->create_ns, row->end_ns,
           row->resident <= GOAL ? "" : "  MISSED");
}

int
main(int argc, char **argv)
{
    struct row rows[] = {{.threads = 10000, .stack_size = 256 * 1024},
                         {.threads = 100000, .stack_size = 64 * 1024},
                         {.threads = 100000, .stack_size = 256 * 1024},
                         {.threads = 1000000, .stack_size = 256 * 1024}};
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc > 1 && !json)
        return fprintf(stderr, "%s: %s: not understood; valid: --json\n",
                       argv[0], argv[1]),
               2;
    json_t *list = json_array();
    if (!json)
        printf("memory: parked threads, each with a guard; goal <= %d B "
               "resident each\n\n  %9s %12s %12s %12s %10s %12s %10s\n",
               GOAL, "threads", "stack", "resident", "page tables", "mappings",
               "create", "end");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fflush(stdout);
        if (short_of_memory(rows[i].threads)) {
            fprintf(stderr, "memory: SKIP %zu threads: too little memory\n",
                    rows[i].threads);
        } else if (!measure_apart(&rows[i])) {
            fprintf(stderr, "memory: %zu threads: %s\n", rows[i].threads,
                    rows[i].error ? strerror(rows[i].error) : "no result");
            return 1;
        } else if (json) {
            json_array_append_new(list, as_json(&rows[i]));
        } else {
            print(&rows[i]);
        }
    }
    json_t *root = json_pack("{s:s, s:o}", "bench", "memory", "rows", list);
    if (json)
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return fflush(stdout) == 0 ? 0 : 1;
}
