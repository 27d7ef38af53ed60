/* SPDX-License-Identifier: MIT */
/*
 * report.c - looking at threads: for the program, and for whoever must find
 * out why it hangs.
 */
#include "report.h"

#include "clock.h"
#include "panic.h"
#include "sched.h"
#include "sync_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who keeps this thread waiting: the thread it joins, or a mutex's holder. */
static thread_t
kept_waiting_by(const struct wait *wait)
{
    if (wait->kind == THREAD_WAIT_JOIN)
        return wait->thread->id;
    if (wait->kind == THREAD_WAIT_MUTEX)
        return ((const struct mutex_view *)wait->object)->owner;
    return 0;
}

static void
describe(const struct uthread *t, struct thread_info *info)
{
    *info = (struct thread_info){
        .id = t->id,
        .state = t->state,
        .wait_fd = -1,
        .switches = t->switches,
        .run_ns = clock_ticks_to_ns(sched_run_ticks(t)),
        .stack_size = t->stack.low ? (size_t)((char *)t - t->stack.low) : 0,
        .stack_used = stack_used(t->stack),
    };
    memcpy(info->name, t->name, sizeof info->name);
    if (!t->wait)
        return;
    info->wait = t->wait->kind;
    info->wait_since = t->wait_since;
    info->wait_on = t->wait->object;
    info->wait_thread = kept_waiting_by(t->wait);
    info->wait_fd = t->wait->fd;
    info->wait_call = t->wait->call;
}

int
thread_info(thread_t thread, struct thread_info *info)
{
    struct uthread *t = table_find(&sched_self()->table, thread);
    if (!t)
        return ESRCH;
    describe(t, info);
    return 0;
}

static int
by_identifier(const void *a, const void *b)
{
    thread_t x = ((const struct thread_info *)a)->id;
    thread_t y = ((const struct thread_info *)b)->id;
    return (x > y) - (x < y);
}

size_t
thread_list(struct thread_info *list, size_t max)
{
    const struct table *table = &sched_self()->table;
    size_t count = 0, position = 0;
    const struct uthread *t;
    while (count < max && (t = table_next(table, &position)) != NULL)
        describe(t, &list[count++]);
    if (count > 1) /* list may be NULL when max is 0; qsort forbids it */
        qsort(list, count, sizeof *list, by_identifier);
    return table->used;
}

/* "thread 3 'reader'", or without a name "thread 3". */
static void
say_thread(thread_t id)
{
    const struct uthread *t = table_find(&the_sched.table, id);
    if (t && t->name[0])
        say("thread %lu '%s'", id, t->name);
    else
        say("thread %lu", id);
}

static void
say_wait(const struct wait *wait)
{
    if (wait->kind == THREAD_WAIT_IO)
        say(" waits for %s of descriptor %d", wait->call, wait->fd);
    else if (wait->kind == THREAD_WAIT_SLEEP)
        say(" sleeps");
    else if (wait->kind == THREAD_WAIT_JOIN)
        say(" waits for the end of ");
    else
        say(" waits for %s %p", thread_wait_name(wait->kind), wait->object);
    thread_t holder = kept_waiting_by(wait);
    if (wait->kind == THREAD_WAIT_MUTEX)
        say(", held by ");
    if (holder)
        say_thread(holder);
}

void
report_threads(void)
{
    const struct uthread *t;
    size_t position = 0;
    while ((t = table_next(&the_sched.table, &position)) != NULL) {
        say("  ");
        say_thread(t->id);
        if (t->wait)
            say_wait(t->wait);
        else
            say(" is %s", thread_state_name(t->state));
        say("\n");
    }
}

void
report_deadlock(void)
{
    say("threadbare: deadlock: no thread is ready, none sleeps, no I/O is "
        "pending, and %zu are blocked:\n",
        the_sched.alive);
    report_threads();
    abort();
}
