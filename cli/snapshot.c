/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c - see snapshot.h.
 *
 * What report.c of each model does from inside, done from outside with the
 * offsets of the descriptor. The table's slots are copied at once; a thread
 * that has gone by the time we come to its control block no longer has its
 * identifier there, and is left out.
 */
#include "snapshot.h"

#include "clock.h"
#include "grow.h"
#include "object_name.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than a machine can hold: no table of ours. */
#define MOST_SLOTS ((size_t)1 << 28)

/* Read a field, unless the model has none of that name. */
static bool
field(const struct process *p, const void *base, uint32_t offset, void *to,
      size_t size)
{
    return offset != NOWHERE &&
           process_read(p, (const char *)base + offset, to, size);
}

/* ---- What it waits for ---- */

static void
read_object_name(const struct process *p, struct seen *seen)
{
    struct named *at, n;
    if (!seen->info.wait_on ||
        !process_read(p, p->descriptor.object_names, &at, sizeof at))
        return;
    for (; at && process_read(p, at, &n, sizeof n); at = n.next)
        if (n.object == seen->info.wait_on) {
            memcpy(seen->object, n.name, sizeof seen->object - 1);
            return;
        }
}

/* The thread it joins: of a user-level thread we find the control block. */
static thread_t
joined(const struct process *p, const void *wait)
{
    const struct descriptor *d = &p->descriptor;
    const void *block = NULL;
    thread_t id = 0;
    if (d->one_to_one)
        field(p, wait, d->wait.thread, &id, sizeof id);
    else if (field(p, wait, d->wait.thread, &block, sizeof block))
        field(p, block, d->thread.id, &id, sizeof id);
    return id;
}

static thread_t
kept_waiting_by(const struct process *p, const struct thread_info *info,
                const void *wait)
{
    const struct descriptor *d = &p->descriptor;
    thread_t id = 0;
    switch (info->wait) {
    case THREAD_WAIT_JOIN: return joined(p, wait);
    case THREAD_WAIT_MUTEX:
        field(p, info->wait_on, d->mutex_owner, &id, sizeof id);
        return id;
    case THREAD_WAIT_RWLOCK:
        field(p, info->wait_on, d->rwlock_writer, &id, sizeof id);
        return id;
    default: return 0;
    }
}

static void
read_wait(const struct process *p, const char *block, struct seen *seen)
{
    const struct descriptor *d = &p->descriptor;
    struct thread_info *info = &seen->info;
    const void *wait = block + d->wait.at;
    const char *call = NULL;
    if (d->wait.behind_pointer && (!process_read(p, wait, &wait, sizeof wait)))
        wait = NULL;
    if (!wait || !field(p, wait, d->wait.kind, &info->wait, sizeof info->wait))
        info->wait = THREAD_WAIT_NONE;
    if (info->wait == THREAD_WAIT_NONE)
        return;
    field(p, block, d->thread.wait_since, &info->wait_since,
          sizeof info->wait_since);
    if (d->wait_since_is_stamp)
        info->wait_since = clock_stamp_to_ns(info->wait_since);
    field(p, wait, d->wait.object, &info->wait_on, sizeof info->wait_on);
    info->wait_thread = kept_waiting_by(p, info, wait);
    read_object_name(p, seen);
    if (info->wait != THREAD_WAIT_IO)
        return;
    field(p, wait, d->wait.fd, &info->wait_fd, sizeof info->wait_fd);
    if (field(p, wait, d->wait.call, &call, sizeof call) && call)
        process_string(p, call, seen->call, sizeof seen->call);
}

static bool
sleeps(struct kernel_task task)
{
    return task.state == 'S' || task.state == 'D';
}

/* ---- User-level threads: all is in its memory, but for the stall ---- */

static uint64_t
run_time(const struct process *p, const char *block)
{
    const struct descriptor *d = &p->descriptor;
    uint64_t ticks = 0, since = 0;
    const void *current = NULL;
    bool counted = false;
    process_read(p, d->accounting, &counted, sizeof counted);
    field(p, block, d->thread.run_ticks, &ticks, sizeof ticks);
    process_read(p, d->current, &current, sizeof current);
    process_read(p, d->switched_at, &since, sizeof since);
    if (counted && current == block && clock_ticks() > since)
        ticks += clock_ticks() - since;
    return counted ? clock_ticks_to_ns(ticks) : 0;
}

static void
read_user_level(const struct process *p, const char *block, struct seen *seen)
{
    const struct descriptor *d = &p->descriptor;
    struct thread_info *info = &seen->info;
    uint64_t low = 0, size = 0;
    field(p, block, d->thread.state, &info->state, sizeof info->state);
    field(p, block, d->thread.switches, &info->switches, sizeof info->switches);
    field(p, block, d->thread.stack_low, &low, sizeof low);
    field(p, block, d->thread.stack_size, &size, sizeof size);
    info->run_ns = run_time(p, block);
    seen->tid = p->pid;
    if (low) { /* main's is not ours */
        uint64_t top = low + size;
        info->stack_size = size - d->stack_head;
        info->stack_used = top - process_lowest_page(p, low, top);
    }
    if (info->state != THREAD_BLOCKED)
        info->wait = THREAD_WAIT_NONE; /* it has gone on while we read */
    if (info->state == THREAD_RUNNING)
        seen->stalled = sleeps(process_task(p->pid));
}

/* ---- Kernel threads: the kernel knows how much ---- */

static void
read_ended(const struct process *p, const char *block, struct thread_info *info)
{
    const struct descriptor *d = &p->descriptor;
    info->state = THREAD_DONE;
    field(p, block, d->thread.switches, &info->switches, sizeof info->switches);
    field(p, block, d->thread.run_ns, &info->run_ns, sizeof info->run_ns);
    field(p, block, d->thread.stack_used, &info->stack_used,
          sizeof info->stack_used);
}

static void
read_kernel_level(const struct process *p, const char *block, struct seen *seen)
{
    const struct descriptor *d = &p->descriptor;
    struct thread_info *info = &seen->info;
    uint64_t top = 0;
    bool done = false;
    field(p, block, d->thread.stack_size, &info->stack_size,
          sizeof info->stack_size);
    if (field(p, block, d->thread.done, &done, sizeof done) && done) {
        read_ended(p, block, info);
        return;
    }
    field(p, block, d->thread.tid, &seen->tid, sizeof seen->tid);
    struct kernel_task task = process_task(seen->tid);
    info->run_ns = task.run_ns;
    info->switches = task.switches;
    info->state = info->wait ? THREAD_BLOCKED : THREAD_RUNNING;
    seen->stalled = !info->wait && sleeps(task);
    if (field(p, block, d->thread.stack_top, &top, sizeof top) && top)
        info->stack_used =
            top - process_lowest_page(p, top - info->stack_size, top);
}

/* ---- All of them ---- */

/* False if the thread has gone. */
static bool
read_thread(const struct process *p, const struct table_slot *slot,
            struct seen *seen)
{
    const struct descriptor *d = &p->descriptor;
    const char *block = slot->thread;
    *seen = (struct seen){.info = {.wait_fd = -1}};
    if (!field(p, block, d->thread.id, &seen->info.id, sizeof seen->info.id) ||
        seen->info.id != slot->id)
        return false;
    field(p, block, d->thread.name, seen->info.name,
          sizeof seen->info.name - 1);
    field(p, block, d->creator, &seen->info.creator, sizeof seen->info.creator);
    read_wait(p, block, seen);
    if (d->one_to_one)
        read_kernel_level(p, block, seen);
    else
        read_user_level(p, block, seen);
    return true;
}

static int
by_identifier(const void *a, const void *b)
{
    thread_t x = ((const struct seen *)a)->info.id;
    thread_t y = ((const struct seen *)b)->info.id;
    return (x > y) - (x < y);
}

/* Copy the table and its slots. The table may grow meanwhile, and its old slots
 * are freed then: look again, and once more if need be. */
static struct table_slot *
copy_slots(const struct process *p, struct table *table)
{
    const void *there = p->descriptor.table;
    struct table after;
    for (int attempt = 0; attempt < 10; attempt++) {
        if (!process_read(p, there, table, sizeof *table) ||
            table->size > MOST_SLOTS)
            break;
        size_t size = table->size * sizeof(struct table_slot);
        struct table_slot *slots = must_alloc(1, size);
        if ((size == 0 || process_read(p, table->slots, slots, size)) &&
            process_read(p, there, &after, sizeof after) &&
            after.slots == table->slots)
            return slots;
        free(slots);
    }
    fail(
        "ps: the thread table of process %d cannot be read: %s (it may be just "
        "starting, or ending: look again)",
        (int)p->pid, strerror(errno));
}

void
snapshot_take(struct snapshot *s, const struct process *p)
{
    struct table table;
    *s = (struct snapshot){NULL, 0};
    clock_start();
    struct table_slot *slots = copy_slots(p, &table);
    s->threads = must_alloc(table.size, sizeof *s->threads);
    for (size_t i = 0; i < table.size; i++)
        if (slots[i].id && read_thread(p, &slots[i], &s->threads[s->count]))
            s->count++;
    free(slots);
    qsort(s->threads, s->count, sizeof *s->threads, by_identifier);
}

void
snapshot_free(struct snapshot *s)
{
    free(s->threads);
}

const struct seen *
snapshot_find(const struct snapshot *s, thread_t id)
{
    struct seen key = {.info = {.id = id}};
    return bsearch(&key, s->threads, s->count, sizeof key, by_identifier);
}
