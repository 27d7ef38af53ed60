/* SPDX-License-Identifier: MIT */
/*
 * report.c - looking at threads: for the program, and for whoever must find
 * out why it hangs.
 *
 * What a thread waits for it has told us; the rest we ask the kernel, which
 * alone knows how often and how long a thread was on a CPU. A thread takes its
 * own figures at its end, for afterwards there is nobody left to ask about.
 */
#include "report.h"

#include "clock.h"
#include "figures.h"
#include "object_name.h"
#include "panic.h"
#include "sync_view.h"
#include "tell.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- Looking without a lock ---- */

/*
 * Copy what may be gone by now: false if it is.
 *
 * Whoever says why a program hangs may have interrupted the holder of any lock,
 * and so takes none. Then a thread may end, and its memory be given back, while
 * we look at it. The kernel copies memory without falling over what is missing;
 * if it may not (seccomp), we look for ourselves.
 */
static bool
peek(void *copy, const void *original, size_t size)
{
    struct iovec here = {copy, size}, there = {(void *)original, size};
    ssize_t copied = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    if (copied < 0 && errno != EFAULT)
        memcpy(copy, original, size);
    return copied == (ssize_t)size || errno != EFAULT;
}

/* Copy the thread in a slot of the table, if there is one. */
static bool
peek_slot(const struct table_slot *place, struct kthread *copy)
{
    struct table_slot slot;
    return peek(&slot, place, sizeof slot) && slot.id != 0 &&
           peek(copy, slot.thread, sizeof *copy) && copy->id == slot.id;
}

/* Visit all threads, as table_next does, but copies of them. */
static bool
peek_next(size_t *position, struct kthread *copy)
{
    const struct table *table = &the_threads.table;
    while (*position < table->size)
        if (peek_slot(&table->slots[(*position)++], copy))
            return true;
    return false;
}

static bool
peek_thread(thread_t id, struct kthread *copy)
{
    const struct table *table = &the_threads.table;
    return id != 0 && peek_slot(&table->slots[id & (table->size - 1)], copy) &&
           copy->id == id;
}

/* Who keeps this thread waiting: the thread it joins, or the holder of a lock.
 */
static thread_t
kept_waiting_by(const struct wait *wait)
{
    thread_t holder = 0;
    const struct mutex_view *mutex = wait->object;
    const struct rwlock_view *rwlock = wait->object;
    if (wait->kind == THREAD_WAIT_JOIN)
        holder = wait->thread;
    else if (wait->kind == THREAD_WAIT_MUTEX)
        peek(&holder, (const void *)&mutex->owner, sizeof holder);
    else if (wait->kind == THREAD_WAIT_RWLOCK)
        peek(&holder, &rwlock->writer, sizeof holder);
    return holder;
}

/* ---- What the kernel knows ---- */

/* CPU time of a thread that has not ended. */
static uint64_t
run_time(const struct kthread *t)
{
    clockid_t clock;
    return pthread_getcpuclockid(t->handle, &clock) == 0 ? figures_clock(clock)
                                                         : 0;
}

void
report_last(struct kthread *t)
{
    struct rusage usage;
    t->last_stack_used = figures_stack_used(t->stack_top, t->stack_size);
    t->last_run_ns = figures_clock(CLOCK_THREAD_CPUTIME_ID);
    if (getrusage(RUSAGE_THREAD, &usage) == 0)
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
describe_told(struct kthread *t, struct thread_info *info)
{
    pthread_mutex_lock(&t->lock);
    *info = (struct thread_info){
        .id = t->id,
        .priority = t->priority,
        .state = t->wait.kind ? THREAD_BLOCKED : THREAD_RUNNING,
        .stack_size = t->stack_size,
        .creator = t->creator,
    };
    memcpy(info->name, t->name, sizeof info->name);
    describe_wait(&t->wait, info);
    bool has_run = t->tid != 0;
    pthread_mutex_unlock(&t->lock);
    return has_run;
}

/* What we ask the kernel, which may take its time. */
static void
describe_asked(const struct kthread *t, struct thread_info *info)
{
    /* Given the CPU once more than it has left it, unless it is off it. */
    info->switches =
        figures_times_left(t->tid) + (info->state != THREAD_BLOCKED);
    info->run_ns = run_time(t);
    info->stack_used = figures_stack_used(t->stack_top, t->stack_size);
}

/* Call it with the_threads.lock held: the thread cannot end meanwhile. */
static void
describe(struct kthread *t, struct thread_info *info)
{
    bool has_run = describe_told(t, info);
    if (t->done) {
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
    kthread_self();
    kthread_lock(&the_threads.lock);
    struct kthread *t = table_find(&the_threads.table, thread);
    if (t)
        describe(t, info);
    pthread_mutex_unlock(&the_threads.lock);
    return t ? 0 : ESRCH;
}

size_t
thread_list(struct thread_info *list, size_t max)
{
    const struct table *table = &the_threads.table;
    size_t count = 0, position = 0;
    struct kthread *t;
    kthread_self();
    kthread_lock(&the_threads.lock);
    while (count < max && (t = table_next(table, &position)) != NULL)
        describe(t, &list[count++]);
    size_t threads = table->used;
    pthread_mutex_unlock(&the_threads.lock);
    tell_in_order(list, count);
    return threads;
}

static void
say_wait(const struct wait *wait)
{
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    struct kthread keeper;
    describe_wait(wait, &info);
    bool found = peek_thread(info.wait_thread, &keeper);
    tell_wait(&info, found ? keeper.name : "");
}

/* What this says of a thread that goes on running may be a moment old. */
void
report_threads(void)
{
    struct kthread t;
    size_t position = 0;
    while (peek_next(&position, &t)) {
        say("  ");
        tell_thread(t.id, t.name);
        if (t.wait.kind)
            say_wait(&t.wait);
        else
            say(" is %s",
                thread_state_name(t.done ? THREAD_DONE : THREAD_RUNNING));
        if (t.wait.kind && t.wait.since)
            say(" (for %.2f s)", (double)(clock_now() - t.wait.since) / 1e9);
        say("\n");
    }
}

/* ---- Who waits for whom, in a circle ---- */

/* Make `t` a copy of whoever keeps it waiting. (Who waits for a reader-writer
 * lock of his own has just been given it, for asking twice gives EDEADLK.) */
static bool
follow(struct kthread *t)
{
    thread_t holder = kept_waiting_by(&t->wait);
    bool given = t->wait.kind == THREAD_WAIT_RWLOCK && holder == t->id;
    return !given && peek_thread(holder, t);
}

/* If this is the thread with the lowest identifier in a circle: the sum of the
 * times at which those in it began to wait; else 0. No chain without a circle
 * is longer than there are threads. */
static uint64_t
circle_led_by(const struct kthread *t)
{
    struct kthread other = *t;
    uint64_t sum = t->wait.since;
    for (size_t steps = the_threads.alive; follow(&other) && steps > 0; steps--)
        if (other.id <= t->id)
            return other.id == t->id ? sum : 0;
        else
            sum += other.wait.since;
    return 0;
}

/*
 * Is it in a circle, and the one to tell of it, so that each is told once?
 *
 * Others run while we go round, so a chain may close that was never closed at
 * one moment. We go round twice: whoever is in the same wait both times was in
 * it all the while, and could let go of nothing, so what they held when we came
 * by the second time was theirs the first time, too.
 */
static bool
leads_circle(struct kthread *t)
{
    uint64_t first = circle_led_by(t);
    return first != 0 && peek_thread(t->id, t) && circle_led_by(t) == first;
}

/* No further than there are threads, should it break up meanwhile. */
static void
say_circle(struct kthread t)
{
    thread_t first = t.id;
    bool more = true;
    say("a circle: ");
    for (size_t steps = the_threads.alive; more && steps > 0; steps--) {
        tell_thread(t.id, t.name);
        say_wait(&t.wait);
        more = follow(&t) && t.id != first;
        say(more ? "; " : "\n");
    }
}

/* No scheduler of ours is ever idle, so nobody proves that a circle is one; but
 * those who are in it will not leave it, and whoever asks sees it. */
static void
say_circles(void)
{
    struct kthread t;
    size_t position = 0;
    while (peek_next(&position, &t))
        if (leads_circle(&t))
            say_circle(t);
}

/* ---- On request ---- */

int
thread_name_object(const void *object, const char *name)
{
    kthread_self();
    kthread_lock(&the_threads.lock);
    int error = object_name_set(object, name);
    pthread_mutex_unlock(&the_threads.lock);
    return error;
}

/* Any thread may be the one that the signal interrupts, so two might print at
 * once: the second leaves it to the first. */
static void
on_quit(int sig)
{
    static atomic_flag printing = ATOMIC_FLAG_INIT;
    int error = errno;
    (void)sig;
    if (atomic_flag_test_and_set(&printing))
        return;
    say("threadbare: the threads of process %d:\n", (int)getpid());
    report_threads();
    say_circles();
    atomic_flag_clear(&printing);
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
