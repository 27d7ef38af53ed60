/* SPDX-License-Identifier: MIT */
/*
 * thread.c - the life of a thread: create, join, detach, exit; and its name.
 *
 * A thread is a control block in shared memory and a process. thread_create
 * forks; the child sets up a stack of its own, runs the thread's function on
 * it, leaves the result in the control block, and exits.
 *
 * Two things must happen after that end, and by different hands. The joiner
 * takes the result and strikes the thread off the table. The parent, and only
 * it, can reap the process, without which it stays as a zombie; so the block
 * is free for another thread when both have happened. Whose parent has ended
 * becomes main's child.
 *
 * A process may also end without a word: by a signal, by _exit. Its control
 * block does not say so, but the kernel does, and whoever joins waits for the
 * process and not for the block, by a pidfd: a descriptor that is ready when the
 * process has ended, whoever's child it is.
 */
#include "cancel.h"
#include "key.h"
#include "panic.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
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

/* ---- Waiting, for others to see ---- */

/* Which one of its kind is waited for. */
static uint32_t
detail(const struct wait *wait)
{
    if (wait->kind == THREAD_WAIT_IO)
        return (uint32_t)wait->fd;
    if (wait->kind == THREAD_WAIT_JOIN)
        return (uint32_t)wait->thread;
    return (uint32_t)(uintptr_t)wait->object;
}

void
wait_begin(struct wait wait)
{
    struct process *t = process_self();
    trace_emit(&t->trace, TRACE_BLOCK, t->id,
               TRACE_WAIT(wait.kind, detail(&wait)));
    wait.since = clock_now();
    lock_take(&t->lock);
    t->wait = wait;
    lock_release(&t->lock);
}

void
wait_end(void)
{
    struct process *t = current;
    lock_take(&t->lock);
    t->wait = (struct wait){.kind = THREAD_WAIT_NONE};
    lock_release(&t->lock);
    trace_emit(&t->trace, TRACE_READY, t->id, 0);
}

/* There is no lock around the whole program to let go of. */
bool
call_begin(void)
{
    return false;
}

void
call_end(bool begun)
{
    (void)begun;
}

void
flags_lock(void)
{
    lock_take(&the_threads.flags_lock);
}

void
flags_unlock(void)
{
    lock_release(&the_threads.flags_lock);
}

/* ---- The process under a thread ---- */

/* Has this child of ours ended? A child of somebody who is about to end is
 * ours in the table a moment before it is in the kernel. */
static bool
child_has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    int error = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG);
    return error ? kill(pid, 0) != 0 : info.si_pid != 0;
}

/* A block whose thread is off the table, and its process reaped, is free. */
static void
free_if_over(struct process *t)
{
    if (!t->listed && !t->pid)
        t->id = 0;
}

static void
unlist(struct process *t)
{
    table_remove(&the_threads.table, t->id);
    t->listed = false;
    free_if_over(t);
}

/* Our child has ended: let the kernel forget it, unless the program has done so
 * by a wait of its own. */
static void
reap(struct process *t)
{
    if (waitpid(t->pid, NULL, WNOHANG) != t->pid && kill(t->pid, 0) == 0)
        return; /* the kernel gives it to us in a moment */
    t->pid = 0;
    free_if_over(t);
}

/* A thread's children become main's, as its process's children do. */
static void
give_children_to_main(const struct process *t)
{
    for (size_t i = 0; i < the_threads.blocks_used; i++)
        if (the_threads.blocks[i].parent == t)
            the_threads.blocks[i].parent = &the_threads.blocks[0];
}

/* The process under a thread has ended; if it did not say so itself, it has
 * crashed. Call it with the lock held. */
static void
note_end(struct process *t)
{
    if (atomic_load(&t->done))
        return;
    t->crashed = true;
    t->wait = (struct wait){.kind = THREAD_WAIT_NONE};
    give_children_to_main(t);
    atomic_store(&t->done, 1);
    if (t->detached)
        unlist(t);
}

/* Reap those of our children who have ended. With the lock held. O(n) in the
 * blocks ever used; to make a process costs more than a thousand of them. */
static void
reap_children(void)
{
    for (size_t i = 0; i < the_threads.blocks_used; i++) {
        struct process *t = &the_threads.blocks[i];
        if (t->id && t->pid && t->parent == current &&
            (atomic_load(&t->done) || !t->listed) && child_has_ended(t->pid))
            reap(t);
    }
}

/* Of whom we are the child, while that is not main. */
static pid_t creator;

/* If main ends, by whatever cause, so must we: the kernel sends us a signal
 * when our parent ends. If that is main, it is one that nobody survives; if it
 * is not, we are main's child then, and ask again. */
void
process_die_with_main(void)
{
    pid_t parent, main = the_threads.blocks[0].pid;
    do {
        parent = getppid();
        if (parent != main && parent != creator)
            _exit(EXIT_FAILURE); /* neither is left */
        prctl(PR_SET_PDEATHSIG, parent == main ? SIGKILL : LOOK_AROUND);
    } while (getppid() != parent); /* it ended before we had asked */
}

void
process_notice_end(struct process *t)
{
    if (t->parent == current && t->pid && child_has_ended(t->pid))
        note_end(t);
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

/* What a thread runs, in the memory of its own process. */
static void *(*the_function)(void *);
static void *the_argument;

/* The first thing a thread does. */
static void
begin(struct process *t)
{
    current = t;
    process_is_forking = false;
    process_die_with_main();
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

/* The last: whoever waits is told. From here on the control block is others'. */
static void
end(struct process *t)
{
    report_last(t);
    trace_emit(&t->trace, TRACE_EXIT, t->id, 0);
    trace_release(&t->trace);

    lock_take(&the_threads.lock);
    if (!t->is_main)
        give_children_to_main(t);
    atomic_store(&t->done, 1);
    if (t->detached)
        unlist(t);
    lock_release(&the_threads.lock);
    futex_wake(&t->done, 1);
}

/* The first function on a thread's stack. */
static void
enter(void)
{
    thread_exit(the_function(the_argument));
}

/* In the child: leave the copy of the creator's stack for one of our own, of
 * the size that was asked for. What the argument points to stays there. */
static void __attribute__((noreturn))
go_on_as(struct process *t, void *(*fn)(void *), void *arg)
{
    ucontext_t context;
    the_function = fn;
    the_argument = arg;
    begin(t);
    getcontext(&context);
    context.uc_stack.ss_sp = t->stack_top - t->stack_size;
    context.uc_stack.ss_size = t->stack_size;
    context.uc_link = NULL;
    makecontext(&context, enter, 0);
    setcontext(&context);
    panic("setcontext: %s", strerror(errno));
}

static size_t
whole_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

/* Map a stack with a page below it that nobody may touch. It is mapped before
 * the fork, so that the creator can be told if it cannot be, and only the child
 * keeps it. Returns its top, or NULL. */
static char *
map_stack(size_t size)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *map = mmap(NULL, size + guard, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    mprotect(map, guard, PROT_NONE);
    return map + guard + size;
}

static void
unmap_stack(char *top, size_t size)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    munmap(top - size - guard, size + guard);
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

/* fork(2): in the child with that function it does not return. Its identifier
 * is in its place before it runs, for it may look there. Returns 0 or an errno
 * number. Call it with the lock held: nobody finds a thread without a process,
 * and a child that wants the lock waits until its creator is done. */
static int
launch(struct process *t, void *(*fn)(void *), void *arg)
{
    uint64_t ticks = clock_ticks(); /* its creation comes before its start */
    process_is_forking = true;
    creator = getpid();
    pid_t pid = fork();
    if (pid == 0)
        go_on_as(t, fn, arg);
    process_is_forking = false;
    if (pid < 0)
        return errno == ENOMEM ? ENOMEM : EAGAIN;
    t->pid = pid;
    t->parent = current;
    if (trace_on)
        trace_record(&current->trace, ticks, TRACE_CREATE, (uint32_t)t->id,
                     (uint32_t)current->id);
    return 0;
}

static int
admit_and_launch(const struct process *as, thread_t *thread,
                 void *(*fn)(void *), void *arg)
{
    reap_children();
    struct process *t = process_admit();
    if (!t)
        return EAGAIN;
    t->detached = as->detached;
    t->priority = as->priority;
    t->stack_size = as->stack_size;
    t->stack_top = as->stack_top;
    memcpy(t->name, as->name, sizeof t->name);
    if (thread)
        *thread = t->id;
    int error = launch(t, fn, arg);
    if (error)
        unlist(t);
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
        whole_pages(attr->stack_size ? attr->stack_size : STACK_DEFAULT);
    t.stack_top = map_stack(t.stack_size);
    if (!t.stack_top)
        return ENOMEM;
    fflush(NULL); /* or the child would print it again */
    lock_take(&the_threads.lock);
    int error = admit_and_launch(&t, thread, fn, arg);
    lock_release(&the_threads.lock);
    unmap_stack(t.stack_top, t.stack_size);
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

/* A wait for the end of a thread. */
struct join {
    struct process *t;
    int pidfd; /* of its process; -1: none is needed, or can be had */
};

/* Call it with the lock held, so that its process cannot be reaped by now. */
static struct join
prepare_join(struct process *t)
{
    struct join j = {.t = t, .pidfd = -1};
    if (!t->is_main && t->pid)
        j.pidfd = (int)syscall(SYS_pidfd_open, t->pid, 0);
    return j;
}

static void
end_join(const struct join *j)
{
    if (j->pidfd >= 0)
        close(j->pidfd);
}

/* Main's process outlives main, so of main its word is waited for; and so it is
 * where no descriptor can be had, with a look now and then at whether its
 * process is there at all. */
static int
wait_for_end(void *arg)
{
    const struct join *j = arg;
    struct pollfd fd = {.fd = j->pidfd, .events = POLLIN};
    struct process *t = j->t;
    while (fd.fd >= 0 && poll(&fd, 1, -1) < 0 && errno == EINTR)
        continue;
    while (fd.fd < 0 && t->pid && !atomic_load(&t->done) &&
           (t->parent != current || !child_has_ended(t->pid)))
        futex_wait(&t->done, 0, clock_now() + NS_PER_SEC / 100);
    return 0;
}

/* The joiner is cancelled: another may join. */
static void
unclaim(void *arg)
{
    const struct join *j = arg;
    end_join(j);
    lock_take(&the_threads.lock);
    j->t->joiner->joins = NULL;
    j->t->joiner = NULL;
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
        note_end(t);
    int error = t->crashed ? EOWNERDEAD : 0;
    if (result && !error)
        *result = t->result;
    unlist(t);
    if (t->parent == current && t->pid)
        reap(t);
    lock_release(&the_threads.lock);
    return error;
}

int
thread_join(thread_t thread, void **result)
{
    struct process *self = process_self();
    struct join j;
    thread_testcancel();
    lock_take(&the_threads.lock);
    struct process *t = find(thread);
    int error = claim(t, self);
    bool must_wait = !error && !atomic_load(&t->done);
    if (!error)
        j = prepare_join(t);
    lock_release(&the_threads.lock);
    if (error)
        return error;

    if (must_wait)
        wait_begin((struct wait){.kind = THREAD_WAIT_JOIN, .thread = thread});
    cancel_point(wait_for_end, unclaim, &j);
    if (must_wait)
        wait_end();
    end_join(&j);
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
            unlist(t);
    }
    lock_release(&the_threads.lock);
    return error;
}

/* Somebody else who has not been reaped; NULL if there is none. */
static struct process *
another(void)
{
    for (size_t i = 1; i < the_threads.blocks_used; i++)
        if (the_threads.blocks[i].id && the_threads.blocks[i].pid)
            return &the_threads.blocks[i];
    return NULL;
}

/* Wait for the end of a thread's process. */
static void
outlive(struct process *t)
{
    struct join j = prepare_join(t);
    lock_release(&the_threads.lock);
    wait_for_end(&j);
    end_join(&j);
    lock_take(&the_threads.lock);
    note_end(t);
    if (t->parent == current && t->pid)
        reap(t);
}

static void
outlive_others(void)
{
    struct process *t;
    lock_take(&the_threads.lock);
    while ((t = another()) != NULL)
        outlive(t);
    lock_release(&the_threads.lock);
}

static void
wait_by_pidfd(pid_t pid)
{
    struct pollfd fd = {.fd = (int)syscall(SYS_pidfd_open, pid, 0),
                        .events = POLLIN};
    if (fd.fd < 0)
        return;
    while (poll(&fd, 1, -1) < 0 && errno == EINTR)
        continue;
    close(fd.fd);
}

/* Whoever is killed may hold the lock: it is not waited for without end. */
void
process_end_others(void)
{
    struct process *t;
    size_t i;
    lock_take_until(&the_threads.lock, clock_now() + NS_PER_SEC / 10);
    for (i = 1; i < the_threads.blocks_used; i++)
        if ((t = &the_threads.blocks[i])->id && t->pid)
            kill(t->pid, SIGKILL);
    /* When the last is gone all are our children, for their parents are too. */
    for (i = 1; i < the_threads.blocks_used; i++)
        if ((t = &the_threads.blocks[i])->id && t->pid)
            wait_by_pidfd(t->pid);
    for (i = 1; i < the_threads.blocks_used; i++)
        if ((t = &the_threads.blocks[i])->id && t->pid)
            waitpid(t->pid, NULL, WNOHANG);
}

void
thread_exit(void *result)
{
    struct process *t = process_self();
    finish(t, result);
    end(t);
    if (!t->is_main)
        _exit(EXIT_SUCCESS);
    outlive_others();
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
