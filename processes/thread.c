/* SPDX-License-Identifier: MIT */
/*
 * thread.c - the life of a thread: create, join, detach, exit; and its name.
 *
 * A thread is a control block in shared memory and a process. thread_create
 * forks; the child sets up a stack of its own, runs the thread's function on
 * it, leaves the result in the control block, and exits.
 *
 * What becomes of the process then, and of one that ends without a word, is in
 * reap.c.
 */
#include "cancel.h"
#include "key.h"
#include "probe.h"
#include "process.h"
#include "reap.h"
#include "report.h"
#include "stack.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The least a thread can ask for, the same in every model. */
#define STACK_LEAST   (16u * 1024)
#define STACK_DEFAULT (8u << 20)

bool process_is_forking;

static struct process *
find(thread_t thread)
{
    return table_find(&the_threads.table, thread);
}

/* ---- Life ---- */

/* Tell the kernel of a thread's priority: the highest is 20 levels nicer to
 * itself than the default. Returns 0 or EPERM. */
static int
ask_kernel(const struct process *t)
{
    int nice = -20 * t->priority / THREAD_PRIORITY_MAX;
    return setpriority(PRIO_PROCESS, (id_t)t->pid, nice) == 0 ? 0 : EPERM;
}

/* What a thread that is being created takes with it: written before the fork,
 * read after it, by the child in its own memory. */
static struct {
    void *(*fn)(void *);
    void *arg;
    pid_t creator;
    sigset_t mask; /* of signals */
} birth;

/* The first thing a thread does. */
static void
begin(struct process *t)
{
    current = t;
    process_is_forking = false;
    reap_born_of(birth.creator);
    sigprocmask(SIG_SETMASK, &birth.mask, NULL);
    prctl(PR_SET_NAME, t->name[0] ? t->name : program_invocation_short_name);
    if (t->priority)
        setpriority(PRIO_PROCESS, 0, -20 * t->priority / THREAD_PRIORITY_MAX);
    trace_emit(&t->trace, TRACE_START, t->id, (uint32_t)getpid());
    trace_name(&t->trace, t->id, t->name);
    errno = 0;
}

/* Its own part of the end: its result, its clean-up handlers, its destructors,
 * and what it has printed. */
static void
finish(struct process *t, void *result)
{
    t->cancel_off = true;
    cancel_run_handlers(t);
    key_run_destructors(t);
    t->result = result;
    fflush(NULL);
}

/* The last: whoever waits is told. Then the control block is the others'. */
static void
end(struct process *t)
{
    report_last(t);
    trace_emit(&t->trace, TRACE_EXIT, t->id, 0);
    PROBE1(exit, t->id);
    trace_release(&t->trace);

    lock_take(&the_threads.lock);
    if (!t->is_main)
        reap_give_children_to_main(t);
    atomic_store(&t->done, 1);
    if (t->detached)
        reap_unlist(t);
    lock_release(&the_threads.lock);
    futex_wake(&t->done, 1);
}

/* The first function on a thread's stack. What its argument points to may lie
 * on the creator's, of which the child has a copy as of everything. */
static void
enter(void)
{
    thread_exit(birth.fn(birth.arg));
}

struct process *
process_admit(void)
{
    size_t i = 0;
    while (i < the_threads.blocks_used && the_threads.blocks[i].id)
        i++;
    if (i == THREADS_MOST)
        return NULL;
    if (i == the_threads.blocks_used)
        the_threads.blocks_used++;
    struct process *t = &the_threads.blocks[i];
    memset(t, 0, sizeof *t);
    t->id = table_add(&the_threads.table, t);
    t->listed = true;
    return t;
}

/* fork(2), with LOOK_AROUND held up until the child knows who it is. */
static pid_t
fork_off(void)
{
    sigset_t look_around;
    sigemptyset(&look_around);
    sigaddset(&look_around, LOOK_AROUND);
    sigprocmask(SIG_BLOCK, &look_around, &birth.mask);
    birth.creator = getpid();
    process_is_forking = true;
    return fork();
}

/* Make its process, in which this does not return. Returns 0 or an errno
 * number. Call it with the lock held: nobody finds a thread without a process,
 * and a child that wants the lock waits until its creator is done. */
static int
launch(struct process *t)
{
    uint64_t ticks = clock_ticks(); /* its creation comes before its start */
    pid_t pid = fork_off();
    if (pid == 0) {
        begin(t);
        stack_enter(t->stack_top, t->stack_size, enter);
    }
    int error = pid > 0 ? 0 : errno == ENOMEM ? ENOMEM : EAGAIN;
    process_is_forking = false;
    sigprocmask(SIG_SETMASK, &birth.mask, NULL);
    if (error)
        return error;
    t->pid = pid;
    t->parent = current;
    PROBE4(create, t->id, t->creator, t->name, birth.fn);
    if (trace_on)
        trace_record(&current->trace, ticks, TRACE_CREATE, (uint32_t)t->id,
                     (uint32_t)current->id);
    return 0;
}

/* Its identifier is in its place before it runs, for it may look there. */
static int
admit_and_launch(const struct process *as, thread_t *thread)
{
    reap_children();
    struct process *t = process_admit();
    if (!t)
        return EAGAIN;
    t->creator = current->id;
    t->detached = as->detached;
    t->priority = as->priority;
    t->stack_size = as->stack_size;
    t->stack_top = as->stack_top;
    memcpy(t->name, as->name, sizeof t->name);
    if (thread)
        *thread = t->id;
    int error = launch(t);
    if (error)
        reap_unlist(t);
    return error;
}

static bool
is_priority(int priority)
{
    return priority >= 0 && priority <= THREAD_PRIORITY_MAX;
}

int
thread_create(thread_t *thread, const struct thread_attr *attr,
              void *(*fn)(void *), void *arg)
{
    static const struct thread_attr defaults;
    if (!attr)
        attr = &defaults;
    if (!fn || !is_priority(attr->priority) ||
        (attr->stack_size && attr->stack_size < STACK_LEAST))
        return EINVAL;
    if (attr->stack_size > SIZE_MAX / 2) /* or the guard would wrap it */
        return ENOMEM;

    process_self();
    struct process t = {.detached = attr->detached, .priority = attr->priority};
    snprintf(t.name, sizeof t.name, "%s", attr->name ? attr->name : "");
    t.stack_size =
        stack_whole_pages(attr->stack_size ? attr->stack_size : STACK_DEFAULT);
    t.stack_top = stack_map(t.stack_size);
    if (!t.stack_top)
        return ENOMEM;
    birth.fn = fn;
    birth.arg = arg;
    fflush(NULL); /* or the child would print it again */
    lock_take(&the_threads.lock);
    int error = admit_and_launch(&t, thread);
    lock_release(&the_threads.lock);
    stack_unmap(t.stack_top, t.stack_size);
    return error;
}

/* Would waiting for t close a circle of joins that ends at self? */
static bool
joins_back(const struct process *t, const struct process *self)
{
    while (t && t != self)
        t = t->joins;
    return t == self;
}

/* Become the one joiner of a thread. Call it with the lock held. */
static int
claim(struct process *t, struct process *self)
{
    if (!t)
        return ESRCH;
    if (t->detached || t->joiner)
        return EINVAL;
    if (joins_back(t, self))
        return EDEADLK;
    t->joiner = self;
    self->joins = t;
    return 0;
}

/* The joiner is cancelled: another may join. */
static void
unclaim(void *arg)
{
    struct ending *e = arg;
    ending_close(e);
    lock_take(&the_threads.lock);
    e->thread->joiner->joins = NULL;
    e->thread->joiner = NULL;
    lock_release(&the_threads.lock);
}

/* The process of a thread that we have claimed has ended: take its result, and
 * strike it off. */
static int
take_result(struct process *t, void **result)
{
    lock_take(&the_threads.lock);
    current->joins = NULL;
    if (!t->is_main)
        reap_note_end(t);
    int error = t->crashed ? EOWNERDEAD : 0;
    if (result && !error)
        *result = t->result;
    reap_unlist(t);
    reap_if_ours(t);
    lock_release(&the_threads.lock);
    return error;
}

int
thread_join(thread_t thread, void **result)
{
    struct process *self = process_self();
    struct ending e;
    thread_testcancel();
    lock_take(&the_threads.lock);
    struct process *t = find(thread);
    int error = claim(t, self);
    bool must_wait = !error && !atomic_load(&t->done);
    if (!error)
        e = ending_open(t);
    lock_release(&the_threads.lock);
    if (error)
        return error;

    if (must_wait)
        wait_begin((struct wait){.kind = THREAD_WAIT_JOIN, .thread = thread});
    cancel_point(ending_wait, unclaim, &e);
    if (must_wait)
        wait_end();
    ending_close(&e);
    return take_result(t, result);
}

int
thread_detach(thread_t thread)
{
    int error = 0;
    process_self();
    lock_take(&the_threads.lock);
    struct process *t = find(thread);
    if (!t)
        error = ESRCH;
    else if (t->detached || t->joiner)
        error = EINVAL;
    else {
        t->detached = true;
        if (atomic_load(&t->done))
            reap_unlist(t);
    }
    lock_release(&the_threads.lock);
    return error;
}

void
thread_exit(void *result)
{
    struct process *t = process_self();
    finish(t, result);
    end(t);
    if (!t->is_main)
        _exit(EXIT_SUCCESS);
    reap_others();
    exit(EXIT_SUCCESS);
}

thread_t
thread_self(void)
{
    return process_self()->id;
}

void
thread_yield(void)
{
    sched_yield();
}

/* Set the name here, and in the kernel if it is our own: of another process it
 * can be read and not set. Call it with the lock held. */
static void
set_name(struct process *t, const char *name)
{
    lock_take(&t->lock);
    memset(t->name, 0, sizeof t->name);
    snprintf(t->name, sizeof t->name, "%s", name ? name : "");
    if (t == current)
        prctl(PR_SET_NAME, t->name);
    trace_name(&current->trace, t->id, t->name);
    lock_release(&t->lock);
}

int
thread_set_name(thread_t thread, const char *name)
{
    struct process *self = process_self();
    lock_take(&the_threads.lock);
    struct process *t = thread ? find(thread) : self;
    if (t)
        set_name(t, name);
    lock_release(&the_threads.lock);
    return t ? 0 : ESRCH;
}

int
thread_set_priority(thread_t thread, int priority)
{
    int error = 0;
    process_self();
    lock_take(&the_threads.lock);
    struct process *t = find(thread);
    if (!t)
        error = ESRCH;
    else if (!is_priority(priority))
        error = EINVAL;
    else {
        t->priority = priority;
        if (t->pid && !atomic_load(&t->done))
            error = ask_kernel(t);
    }
    lock_release(&the_threads.lock);
    return error;
}

int
thread_set_due(thread_t thread, uint64_t due)
{
    struct thread_info info;
    (void)due; /* SCHED_DEADLINE wants a budget too, and privilege */
    return thread_info(thread, &info) == 0 ? ENOTSUP : ESRCH;
}
