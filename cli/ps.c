/* SPDX-License-Identifier: MIT */
/*
 * ps.c - `threadbare ps PID`: the threads of a running program, its user-level
 * ones included, which the kernel's own ps cannot know of.
 */
#include "commands.h"
#include "page.h"
#include "snapshot.h"
#include "usage.h"

#include "clock.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct arguments {
    pid_t pid;
    bool json;
};

static pid_t
parse_pid(const char *arg)
{
    char *end;
    errno = 0;
    long pid = strtol(arg, &end, 10);
    if (arg[0] < '0' || arg[0] > '9' || *end || errno || pid < 1 ||
        pid > INT_MAX)
        usage_error("ps: '%s' is not the number of a process", arg);
    return (pid_t)pid;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'j': a->json = true; return 0;
    case ARGP_KEY_ARG:
        if (a->pid)
            usage_error("ps: one process at a time: '%s' is one too many", arg);
        a->pid = parse_pid(arg);
        return 0;
    default: return usage_other(key, state);
    }
}

/* By the descriptor's one_to_one. */
static const struct {
    const char *thread, *textbook;
} kinds[] = {{"user-level thread", "many-to-one"},
             {"kernel thread", "one-to-one"},
             {"process thread", "a process per thread"}};

/* ---- For humans ---- */

static void
print_heading(const struct process *p, const struct snapshot *s)
{
    page_ink(INK_BOLD);
    printf("process %d, ", (int)p->pid);
    page_print(p->name);
    page_ink(INK_PLAIN);
    printf(": %zu %s%s\n", s->count, kinds[p->descriptor.one_to_one].thread,
           s->count == 1 ? "" : "s");
}

static void
print_thread_name(const struct snapshot *s, thread_t id)
{
    const struct seen *t = snapshot_find(s, id);
    printf("thread %lu", id);
    if (t && t->info.name[0]) {
        printf(" ");
        page_print(t->info.name);
    }
}

/* "mutex left fork of thread 3 right", "read of descriptor 5". */
static void
print_wait(const struct snapshot *s, const struct seen *t)
{
    const struct thread_info *info = &t->info;
    switch (info->wait) {
    case THREAD_WAIT_NONE: return;
    case THREAD_WAIT_JOIN: printf("end of "); break;
    case THREAD_WAIT_IO:
        page_print(t->call);
        if (info->wait_fd >= 0)
            printf(" of descriptor %d", info->wait_fd);
        break;
    default: printf("%s", thread_wait_name(info->wait));
    }
    if (t->object[0]) {
        printf(" ");
        page_print(t->object);
    } else if (info->wait_on) {
        printf(" %p", info->wait_on);
    }
    if (info->wait_thread && info->wait != THREAD_WAIT_JOIN)
        printf(" of ");
    if (info->wait_thread)
        print_thread_name(s, info->wait_thread);
}

static void
print_seconds(uint64_t ns, int decimals)
{
    if (ns)
        printf(" %7.*f", decimals, (double)ns / 1e9);
    else
        printf(" %7s", "-");
}

static uint64_t
waits_for_ns(const struct thread_info *info)
{
    uint64_t now = clock_now();
    bool waits = info->wait && info->wait_since && info->wait_since < now;
    return waits ? now - info->wait_since : 0;
}

static void
print_thread(const struct snapshot *s, const struct seen *t, int name_width)
{
    const struct thread_info *info = &t->info;
    printf("%4lu ", info->id);
    int columns = page_print(info->name[0] ? info->name : "-");
    printf("%*s %-7s %7llu", name_width - columns, "",
           t->stalled ? "stalled" : thread_state_name(info->state),
           (unsigned long long)info->switches);
    print_seconds(info->run_ns, 3);
    if (info->stack_used)
        printf(" %5zu", info->stack_used / 1024);
    else
        printf(" %5s", "-");
    print_seconds(waits_for_ns(info), 2);
    printf(info->wait ? "  " : "");
    print_wait(s, t);
    printf("\n");
}

static int
widest_name(const struct snapshot *s)
{
    size_t widest = strlen("NAME");
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->threads[i].info.name) > widest)
            widest = strlen(s->threads[i].info.name);
    return (int)widest;
}

static void
print_table(const struct process *p, const struct snapshot *s)
{
    bool stalled = false;
    int width = widest_name(s);
    print_heading(p, s);
    printf("  ID %-*s STATE    SWITCH   RAN s   KiB SINCE s  WAITS FOR\n",
           width, "NAME");
    for (size_t i = 0; i < s->count; i++) {
        print_thread(s, &s->threads[i], width);
        stalled |= s->threads[i].stalled;
    }
    if (stalled)
        page_wrap(p->descriptor.one_to_one
                      ? "stalled: asleep in a system call that is not the "
                        "library's."
                      : "stalled: asleep in a system call that is not the "
                        "library's, and with it every thread of the process.",
                  0, 0);
}

/* ---- For programs ---- */

/* A string of somebody else's, which may not be UTF-8. */
static json_t *
json_text(const char *text)
{
    json_t *string = json_string(text);
    return string ? string : json_string("?");
}

static json_t *
json_wait(const struct seen *t)
{
    const struct thread_info *info = &t->info;
    if (!info->wait)
        return json_null();
    json_t *wait = json_pack("{s:s, s:I}", "for", thread_wait_name(info->wait),
                             "ns", (json_int_t)waits_for_ns(info));
    if (t->object[0])
        json_object_set_new(wait, "object", json_text(t->object));
    if (info->wait_on)
        json_object_set_new(wait, "address",
                            json_integer((json_int_t)(intptr_t)info->wait_on));
    if (info->wait_thread)
        json_object_set_new(wait, "thread",
                            json_integer((json_int_t)info->wait_thread));
    if (info->wait == THREAD_WAIT_IO) {
        json_object_set_new(wait, "call", json_text(t->call));
        json_object_set_new(wait, "fd", json_integer(info->wait_fd));
    }
    return wait;
}

static json_t *
json_thread(const struct seen *t)
{
    const struct thread_info *info = &t->info;
    return json_pack(
        "{s:I, s:o, s:s, s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:i}", "id",
        (json_int_t)info->id, "name", json_text(info->name), "state",
        thread_state_name(info->state), "stalled", t->stalled, "wait",
        json_wait(t), "switches", (json_int_t)info->switches, "run_ns",
        (json_int_t)info->run_ns, "stack_size", (json_int_t)info->stack_size,
        "stack_used", (json_int_t)info->stack_used, "creator",
        (json_int_t)info->creator, "tid", (int)t->tid);
}

static void
print_json(const struct process *p, const struct snapshot *s)
{
    json_t *threads = json_array();
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(threads, json_thread(&s->threads[i]));
    json_t *all =
        json_pack("{s:i, s:o, s:s, s:o}", "pid", (int)p->pid, "program",
                  json_text(p->name), "model",
                  kinds[p->descriptor.one_to_one].textbook, "threads", threads);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

int
command_ps(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"json", 'j', 0, 0, "print one JSON object", 0}, USAGE_HELP, {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "PID",
        .doc = "The threads of a running program: state, how often each was "
               "given the CPU, how long it ran, how much stack it has used, "
               "and what it waits for since when. The program is neither "
               "stopped nor asked, so it may hang, or be stalled in a system "
               "call.",
    };
    struct arguments a = {0};
    struct process p;
    struct snapshot s;
    usage_parse(&argp, argc, argv, &a);
    if (!a.pid)
        usage_error("ps: which process? its number is wanted");
    process_open(&p, a.pid);
    snapshot_take(&s, &p);
    if (a.json)
        print_json(&p, &s);
    else
        print_table(&p, &s);
    snapshot_free(&s);
    return 0;
}
