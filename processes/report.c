/* SPDX-License-Identifier: MIT */
/*
 * report.c - looking at threads: for the program, and for whoever must find
 * out why it hangs.
 *
 * What a thread waits for it has told in shared memory; the rest we ask the
 * kernel, which alone knows how often and how long a process was on a CPU. A
 * thread takes its own figures at its end, for afterwards there is nobody left
 * to ask about.
 */
#include "report.h"

#include "clock.h"
#include "figures.h"
#include "object_name.h"
#include "panic.h"
#include "shared.h"
#include "sync_view.h"
#include "tell.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Who keeps this thread waiting: the thread it joins, or the holder of a lock.
 * The holder is the one there was when the wait began, as far as the waiter's
 * memory can be looked at by its own process only; where it is shared, we look.
 */
static thread_t
kept_waiting_by(const struct wait *wait)
{
    if (!shared_is_ours(wait->object))
        return wait->thread;
    if (wait->kind == THREAD_WAIT_MUTEX)
        return atomic_load(&((struct mutex_view *)wait->object)->owner);
    if (wait->kind == THREAD_WAIT_RWLOCK)
        return ((const struct rwlock_view *)wait->object)->writer;
    return 0;
}

/* ---- What the kernel knows ---- */

/* CPU time of a thread that has not ended. */
static uint64_t
run_time(const struct process *t)
{
    clockid_t clock;
    return clock_getcpuclockid(t->pid, &clock) == 0 ? figures_clock(clock) : 0;
}

void
report_last(struct process *t)
{
    struct rusage usage;
    t->last_stack_used = figures_stack_used(t->stack_top, t->stack_size);
    t->last_run_ns = figures_clock(CLOCK_PROCESS_CPUTIME_ID);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        t->last_switches =
            1 + (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
}

/* ---- Looking at threads ---- */

static void
describe_wait(const struct wait *wait, struct thread_info *info)
{
    info->wait = wait->kind;
    info->wait_since = wait->since;
    info->wait_on = wait->object;
    info->wait_thread = kept_waiting_by(wait);
    info->wait_fd = wait->kind == THREAD_WAIT_IO ? wait->fd : -1;
    info->wait_call = wait->call;
}

/* What it has told us. Under its own lock, which keeps it, if it is blocked,
 * in the wait that is described, and what it waits for from being freed.
 * Returns whether it has run yet. */
static bool
describe_told(struct process *t, struct thread_info *info)
{
    lock_take(&t->lock);
    *info = (struct thread_info){
        .id = t->id,
        .priority = t->priority,
        .state = t->wait.kind ? THREAD_BLOCKED : THREAD_RUNNING,
        .stack_size = t->stack_size,
        .creator = t->creator,
    };
    memcpy(info->name, t->name, sizeof info->name);
    describe_wait(&t->wait, info);
    bool has_run = t->pid != 0;
    lock_release(&t->lock);
    return has_run;
}

/* What we ask the kernel, which may take its time. */
static void
describe_asked(const struct process *t, struct thread_info *info)
{
    /* Given the CPU once more than it has left it, unless it is off it. */
    info->switches =
        figures_times_left(t->pid) + (info->state != THREAD_BLOCKED);
    info->run_ns = run_time(t);
    if (t == current)
        info->stack_used = figures_stack_used(t->stack_top, t->stack_size);
}

/* Call it with the_threads.lock held: the thread cannot end meanwhile. */
static void
describe(struct process *t, struct thread_info *info)
{
    bool has_run = describe_told(t, info);
    if (atomic_load(&t->done)) {
        info->state = THREAD_DONE;
        info->switches = t->last_switches;
        info->run_ns = t->last_run_ns;
        info->stack_used = t->last_stack_used;
    } else if (has_run) {
        describe_asked(t, info);
    }
}

int
thread_info(thread_t thread, struct thread_info *info)
{
    process_self();
    lock_take(&the_threads.lock);
    struct process *t = table_find(&the_threads.table, thread);
    if (t)
        process_notice_end(t);
    bool listed = t && t->listed;
    if (listed)
        describe(t, info);
    lock_release(&the_threads.lock);
    return listed ? 0 : ESRCH;
}

size_t
thread_list(struct thread_info *list, size_t max)
{
    const struct table *table = &the_threads.table;
    size_t count = 0, position = 0;
    struct process *t;
    process_self();
    lock_take(&the_threads.lock);
    while ((t = table_next(table, &position)) != NULL)
        process_notice_end(t);
    position = 0;
    while (count < max && (t = table_next(table, &position)) != NULL)
        describe(t, &list[count++]);
    size_t threads = table->used;
    lock_release(&the_threads.lock);
    tell_in_order(list, count);
    return threads;
}

/* Its name; empty if it has none, or is none. */
static const char *
name_of(thread_t id)
{
    const struct process *t = table_find(&the_threads.table, id);
    return t ? t->name : "";
}

static void
say_wait(const struct wait *wait)
{
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    describe_wait(wait, &info);
    tell_wait(&info, name_of(info.wait_thread));
}

/* Takes no lock, for the panicking thread may hold them all: what it prints of
 * a thread that goes on running may be a moment old. */
void
report_threads(void)
{
    const struct process *t;
    size_t position = 0;
    while ((t = table_next(&the_threads.table, &position)) != NULL) {
        struct wait wait = t->wait;
        say("  ");
        tell_thread(t->id, t->name);
        if (wait.kind)
            say_wait(&wait);
        else
            say(" is %s",
                thread_state_name(atomic_load(&t->done) ? THREAD_DONE
                                                        : THREAD_RUNNING));
        if (wait.kind && wait.since)
            say(" (for %.2f s)", (double)(clock_now() - wait.since) / 1e9);
        say("\n");
    }
}

/* ---- Who waits for whom, in a circle ---- */

static const struct process *
next_in_chain(const struct process *t)
{
    struct wait wait = t->wait;
    return table_find(&the_threads.table, kept_waiting_by(&wait));
}

/* Is this the thread with the lowest identifier in a circle? So that each is
 * told once. No chain without a circle is longer than there are threads. */
static bool
leads_circle(const struct process *t)
{
    const struct process *other = next_in_chain(t);
    for (size_t steps = the_threads.table.used; other && steps > 0; steps--) {
        if (other == t)
            return true;
        if (other->id < t->id)
            return false;
        other = next_in_chain(other);
    }
    return false;
}

static void
say_circle(const struct process *first)
{
    const struct process *t = first;
    say("a circle: ");
    do {
        struct wait wait = t->wait;
        tell_thread(t->id, t->name);
        say_wait(&wait);
        t = next_in_chain(t);
        say(t == first ? "\n" : "; ");
    } while (t && t != first);
}

/* No scheduler of ours is ever idle, so nobody proves that a circle is one; but
 * those who are in it will not leave it, and whoever asks sees it. */
static void
say_circles(void)
{
    const struct process *t;
    size_t position = 0;
    while ((t = table_next(&the_threads.table, &position)) != NULL)
        if (leads_circle(t))
            say_circle(t);
}

/* ---- On request ---- */

int
thread_name_object(const void *object, const char *name)
{
    process_self();
    lock_take(&the_threads.lock);
    int error = object_name_set(object, name);
    lock_release(&the_threads.lock);
    return error;
}

/* A terminal sends the signal to every process of the program: main prints for
 * all. */
static void
on_quit(int sig)
{
    int error = errno;
    (void)sig;
    if (!current || !current->is_main)
        return;
    say("threadbare: the threads of process %d:\n", (int)getpid());
    report_threads();
    say_circles();
    errno = error;
}

void
report_start(void)
{
    struct sigaction now;
    struct sigaction action = {.sa_handler = on_quit, .sa_flags = SA_RESTART};
    panic_hook = report_threads;
    if (sigaction(SIGQUIT, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        sigaction(SIGQUIT, &action, NULL);
}
