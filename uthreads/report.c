/* SPDX-License-Identifier: MIT */
/*
 * report.c - looking at threads: for the program, and for whoever must find
 * out why it hangs.
 */
#include "report.h"

#include "clock.h"
#include "object_name.h"
#include "panic.h"
#include "sched.h"
#include "sync_view.h"
#include "tell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who keeps this thread waiting: the thread it joins, or who holds the lock.
 * Of the many readers that may keep a writer waiting none is named. */
static thread_t
kept_waiting_by(const struct wait *wait)
{
    switch (wait->kind) {
    case THREAD_WAIT_JOIN: return wait->thread->id;
    case THREAD_WAIT_MUTEX:
        return ((const struct mutex_view *)wait->object)->owner;
    case THREAD_WAIT_RWLOCK:
        return ((const struct rwlock_view *)wait->object)->writer;
    default: return 0;
    }
}

/* What a blocked thread says of its wait. */
static void
describe_wait(const struct wait *wait, struct thread_info *info)
{
    info->wait = wait->kind;
    info->wait_on = wait->object;
    info->wait_thread = kept_waiting_by(wait);
    info->wait_fd = wait->fd;
    info->wait_call = wait->call;
}

static void
describe(const struct uthread *t, struct thread_info *info)
{
    *info = (struct thread_info){
        .id = t->id,
        .state = t->state,
        .wait_fd = -1,
        .switches = t->switches,
        .priority = t->priority,
        .run_ns = clock_ticks_to_ns(sched_run_ticks(t)),
        .stack_size = t->stack.low ? t->stack.size - STACK_HEAD : 0,
        .stack_used = stack_used(t->stack),
        .creator = t->creator,
    };
    memcpy(info->name, t->name, sizeof info->name);
    if (!t->wait)
        return;
    describe_wait(t->wait, info);
    info->wait_since = clock_stamp_to_ns(t->wait_since);
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

size_t
thread_list(struct thread_info *list, size_t max)
{
    const struct table *table = &sched_self()->table;
    size_t count = 0, position = 0;
    const struct uthread *t;
    while (count < max && (t = table_next(table, &position)) != NULL)
        describe(t, &list[count++]);
    tell_in_order(list, count);
    return table->used;
}

/* Its name; empty if it has none, or is none. */
static const char *
name_of(thread_t id)
{
    const struct uthread *t = table_find(&the_sched.table, id);
    return t ? t->name : "";
}

static void
say_wait(const struct wait *wait)
{
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    describe_wait(wait, &info);
    tell_wait(&info, name_of(info.wait_thread));
}

/* The figures behind a thread's line: since when, how often, how deep. */
static void
say_figures(const struct uthread *t)
{
    struct thread_info info;
    describe(t, &info);
    say(" (");
    if (info.wait_since)
        say("for %.2f s, ", (double)(clock_now() - info.wait_since) / 1e9);
    say("%llu switch%s", (unsigned long long)info.switches,
        info.switches == 1 ? "" : "es");
    if (info.run_ns)
        say(", ran %.3f s", (double)info.run_ns / 1e9);
    if (info.stack_size)
        say(", stack %zu of %zu KiB", info.stack_used / 1024,
            info.stack_size / 1024);
    say(")\n");
}

void
report_threads(void)
{
    const struct uthread *t;
    size_t position = 0;
    while ((t = table_next(&the_sched.table, &position)) != NULL) {
        say("  ");
        tell_thread(t->id, t->name);
        if (t->wait)
            say_wait(t->wait);
        else
            say(" is %s", thread_state_name(t->state));
        say_figures(t);
    }
}

/* ---- Who waits for whom, in a circle ---- */

static const struct uthread *
next_in_chain(const struct uthread *t)
{
    thread_t holder = t->wait ? kept_waiting_by(t->wait) : 0;
    return table_find(&the_sched.table, holder);
}

/* Is this the thread with the lowest identifier in a circle? So that each is
 * told once. No chain without a circle is longer than there are threads. */
static bool
leads_circle(const struct uthread *t)
{
    const struct uthread *other = next_in_chain(t);
    for (size_t steps = the_sched.alive; other && steps > 0; steps--) {
        if (other == t)
            return true;
        if (other->id < t->id)
            return false;
        other = next_in_chain(other);
    }
    return false;
}

static void
say_circle(const struct uthread *first)
{
    const struct uthread *t = first;
    say("a circle: ");
    do {
        tell_thread(t->id, t->name);
        say_wait(t->wait);
        t = next_in_chain(t);
        say(t == first ? "\n" : "; ");
    } while (t != first);
}

/* Each circle once: a deadlock of those in it, whoever else may run. */
static void
say_circles(void)
{
    const struct uthread *t;
    size_t position = 0;
    while ((t = table_next(&the_sched.table, &position)) != NULL)
        if (leads_circle(t))
            say_circle(t);
}

void
report_deadlock(void)
{
    say("threadbare: deadlock: no thread is ready, none sleeps, no I/O is "
        "pending, and %zu are blocked:\n",
        the_sched.alive);
    report_threads();
    say_circles();
    abort();
}

/* ---- On request ---- */

int
thread_name_object(const void *object, const char *name)
{
    sched_self();
    return object_name_set(object, name);
}

/* Whatever is interrupted, the table can be read: a thread enters and leaves
 * it by one store, and what it waits for lies in its frame while it waits. */
static void
on_quit(int sig)
{
    int error = errno;
    (void)sig;
    say("threadbare: the threads of process %d:\n", (int)getpid());
    report_threads();
    say_circles();
    errno = error;
}

void
report_start(void)
{
    struct sigaction now;
    struct sigaction action = {.sa_handler = on_quit,
                               .sa_flags = SA_RESTART | SA_ONSTACK};
    panic_hook = report_threads;
    if (sigaction(SIGQUIT, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        sigaction(SIGQUIT, &action, NULL);
}
