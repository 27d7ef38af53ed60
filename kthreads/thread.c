/* SPDX-License-Identifier: MIT */
/*
 * thread.c - the life of a thread: create, join, detach, exit; and its name.
 *
 * A thread is a control block of ours and a pthread. glibc maps the stack and
 * the kernel runs it; here it is entered into the table, ends, and is freed.
 * Who frees it is decided at its end, under the lock: whoever joins it, or, if
 * it is detached, the thread itself, for its stack is glibc's to free.
 */
#include "cancel.h"
#include "interrupt.h"
#include "key.h"
#include "kthread.h"
#include "panic.h"
#include "probe.h"
#include "report.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The least a thread can ask for, the same in every model. Some processors
 * have glibc want more: they get more. */
#define STACK_LEAST (16u * 1024)

/* Main's kernel thread stays when main has ended, so this says that it has. */
static pthread_cond_t main_ended = PTHREAD_COND_INITIALIZER;

static struct kthread *
find(thread_t thread)
{
    return table_find(&the_threads.table, thread);
}

static size_t
whole_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

/* What thread_attr.stack_size leaves out: glibc keeps its own descriptor and
 * the program's thread-local variables above what the thread may use. How much
 * that is only glibc knows; Rust's standard library asks it the same way. */
static size_t
stack_overhead(void)
{
    static size_t overhead; /* the same whoever computes it first */
    size_t known = __atomic_load_n(&overhead, __ATOMIC_RELAXED);
    if (known)
        return known;
    size_t (*ask)(const pthread_attr_t *) = NULL;
    *(void **)&ask = dlsym(RTLD_DEFAULT, "__pthread_get_minstack");
    known = whole_pages(ask ? ask(NULL) : (size_t)PTHREAD_STACK_MIN);
    __atomic_store_n(&overhead, known, __ATOMIC_RELAXED);
    return known;
}

/* Usable bytes of the stack asked for; 0 asks for glibc's default. */
static size_t
usable_stack(size_t asked)
{
    size_t least = (size_t)PTHREAD_STACK_MIN;
    size_t size = asked > least ? asked : least;
    pthread_attr_t defaults;
    if (!asked && pthread_getattr_default_np(&defaults) == 0) {
        pthread_attr_getstacksize(&defaults, &size);
        pthread_attr_destroy(&defaults);
    }
    return whole_pages(size);
}

/* ---- Life ---- */

/* Tell the kernel of a thread's priority: the highest is 20 levels nicer to
 * itself than the default. Returns 0 or EPERM. */
static int
ask_kernel(const struct kthread *t)
{
    int nice = -20 * t->priority / THREAD_PRIORITY_MAX;
    return setpriority(PRIO_PROCESS, (id_t)t->tid, nice) == 0 ? 0 : EPERM;
}

/* The first thing a thread does: tell what only itself can know. */
static void
begin(struct kthread *t)
{
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL); /* see cancel.c */
    interrupt_allow();
    current = t;
    pthread_mutex_lock(&t->lock);
    t->tid = gettid();
    t->stack_top = (char *)whole_pages((size_t)__builtin_frame_address(0));
    if (t->name[0])
        pthread_setname_np(pthread_self(), t->name);
    if (t->priority)
        ask_kernel(t); /* who may refuse: the thread runs all the same */
    trace_emit(&t->trace, TRACE_START, t->id, (uint32_t)t->tid);
    trace_name(&t->trace, t->id, t->name);
    pthread_mutex_unlock(&t->lock);
}

/* The last: whoever waits is told, and the control block is the joiner's, or
 * is freed. The last thread of all ends the process instead.
 * LAB(kernel): a handler of pthread_cleanup_push. Who may free the control
 * block, and from when on may somebody else? What ends the process? */
static void
end(void *self)
{
    struct kthread *t = self;
    report_last(t);
    kthread_lock(&the_threads.lock);
    trace_emit(&t->trace, TRACE_EXIT, t->id, 0);
    PROBE1(exit, t->id);
    trace_release(&t->trace);
    bool last = --the_threads.alive == 0;
    if (last) {
        pthread_mutex_unlock(&the_threads.lock);
        exit(0); /* exit handlers run on its stack */
    }
    bool nobody_joins = t->detached;
    t->done = true;
    if (nobody_joins)
        table_remove(&the_threads.table, t->id);
    if (t->is_main)
        pthread_cond_signal(&main_ended);
    current = NULL;
    pthread_mutex_unlock(&the_threads.lock);
    gil_drop();
    if (nobody_joins)
        free(t);
}

/* The first function on a thread's stack. Its end is a clean-up handler, so
 * that no way out misses it: return, thread_exit, or pthreads' own.
 * LAB(kernel): begin, the thread's function, kthread_finish, end. */
static void *
enter(void *self)
{
    struct kthread *t = self;
    begin(t);
    gil_take();
    pthread_cleanup_push(end, t);
    kthread_finish(t, t->fn(t->arg));
    pthread_cleanup_pop(1);
    return NULL;
}

/* LAB(kernel): no more cancellation; then the handlers of cancel.h, the
 * destructors of key.h, and the result. */
void
kthread_finish(struct kthread *t, void *result)
{
    t->cancel_off = true;
    cancel_run_handlers(t);
    key_run_destructors(t);
    t->result = result;
}

/* LAB(kernel): into the table, and counted. */
int
kthread_admit(struct kthread *t)
{
    t->id = table_add(&the_threads.table, t);
    if (!t->id)
        return ENOMEM;
    the_threads.alive++;
    return 0;
}

/* Undo kthread_admit for a thread that never ran. LAB(kernel) */
static void
strike_off(struct kthread *t)
{
    the_threads.alive--;
    table_remove(&the_threads.table, t->id);
}

/* Make its kernel thread, which runs at once. Returns 0 or EAGAIN.
 * LAB(kernel): pthread_create, with attributes: the stack is stack_overhead
 * larger than what the thread may use, and nobody joins a detached one. */
static int
launch(struct kthread *t)
{
    pthread_attr_t attr;
    int error = pthread_attr_init(&attr);
    if (error)
        return error;
    pthread_attr_setstacksize(&attr, t->stack_size + stack_overhead());
    if (t->detached)
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&t->handle, &attr, enter, t);
    pthread_attr_destroy(&attr);
    return error;
}

/* Enter a thread into the table and let it run. The lock is held all the time:
 * nobody finds a thread without a handle, and none ends before it has one. Its
 * identifier is in its place before it runs, for it may look there.
 * LAB(kernel) */
static int
admit_and_launch(struct kthread *t, thread_t *thread)
{
    uint64_t ticks = clock_ticks(); /* its creation comes before its start */
    t->creator = current->id;
    int error = kthread_admit(t);
    if (error)
        return error;
    PROBE4(create, t->id, t->creator, t->name, t->fn);
    if (thread)
        *thread = t->id;
    error = launch(t);
    if (error)
        strike_off(t);
    else if (trace_on)
        trace_record(&current->trace, ticks, TRACE_CREATE, (uint32_t)t->id,
                     (uint32_t)current->id);
    return error;
}

static bool
is_priority(int priority)
{
    return priority >= 0 && priority <= THREAD_PRIORITY_MAX;
}

/* LAB(kernel): refuse what thread.h says, make a control block, enter it into
 * the table and let it run; if that fails, nothing is left of it. When may the
 * new thread look at what *thread holds? */
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
    if (attr->stack_size > SIZE_MAX / 2) /* or the overhead would wrap it */
        return ENOMEM;

    kthread_self();
    struct kthread *t = calloc(1, sizeof *t);
    if (!t)
        return ENOMEM;
    snprintf(t->name, sizeof t->name, "%s", attr->name ? attr->name : "");
    t->fn = fn;
    t->arg = arg;
    t->detached = attr->detached;
    t->priority = attr->priority;
    t->stack_size = usable_stack(attr->stack_size);
    kthread_lock(&the_threads.lock);
    int error = admit_and_launch(t, thread);
    pthread_mutex_unlock(&the_threads.lock);
    if (error)
        free(t);
    return error;
}

/* Would waiting for t close a circle of joins that ends at self?
 * LAB(kernel) */
static bool
joins_back(const struct kthread *t, const struct kthread *self)
{
    while (t && t != self)
        t = t->joins;
    return t == self;
}

/* Become the one joiner of a thread. Call it with the lock held.
 * LAB(kernel) */
static int
claim(struct kthread *t, struct kthread *self)
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

/* Wait until a claimed thread is gone: its stack too, but for main's, which
 * is waited for with the lock held. */
static int
wait_for_end(void *thread)
{
    struct kthread *t = thread;
    if (!t->is_main)
        return pthread_join(t->handle, NULL);
    while (!t->done)
        pthread_cond_wait(&main_ended, &the_threads.lock);
    return 0;
}

/* The joiner is cancelled: another may join. */
static void
unclaim(void *thread)
{
    struct kthread *t = thread;
    if (!t->is_main)
        kthread_lock(&the_threads.lock);
    t->joiner->joins = NULL;
    t->joiner = NULL;
    pthread_mutex_unlock(&the_threads.lock);
}

/* LAB(kernel): look and decide under the_threads.lock; wait without it, unless
 * for main (wait_for_end); then the thread leaves the table, and its memory is
 * given back. */
int
thread_join(thread_t thread, void **result)
{
    struct kthread *self = kthread_self();
    thread_testcancel();
    kthread_lock(&the_threads.lock);
    struct kthread *t = find(thread);
    int error = claim(t, self);
    bool must_wait = !error && !t->done;
    if (error || !t->is_main)
        pthread_mutex_unlock(&the_threads.lock);
    if (error)
        return error;

    if (must_wait)
        wait_begin((struct wait){.kind = THREAD_WAIT_JOIN, .thread = thread});
    cancel_point(wait_for_end, unclaim, t);
    if (must_wait)
        wait_end();

    if (!t->is_main)
        kthread_lock(&the_threads.lock);
    self->joins = NULL;
    table_remove(&the_threads.table, thread);
    pthread_mutex_unlock(&the_threads.lock);
    if (result)
        *result = t->result;
    free(t);
    return 0;
}

/* Let go of a thread that nobody will join. Call it with the lock held.
 * LAB(kernel) */
static void
disown(struct kthread *t)
{
    t->detached = true;
    if (!t->is_main)
        pthread_detach(t->handle);
    if (!t->done)
        return;
    table_remove(&the_threads.table, t->id);
    free(t);
}

/* LAB(kernel): a thread that has ended goes now, another at its end; who sees
 * to either? */
int
thread_detach(thread_t thread)
{
    int error = 0;
    kthread_lock(&the_threads.lock);
    struct kthread *t = find(thread);
    if (!t)
        error = ESRCH;
    else if (t->detached || t->joiner)
        error = EINVAL;
    else
        disown(t);
    pthread_mutex_unlock(&the_threads.lock);
    return error;
}

/* Main's kernel thread only sleeps from here on. Were it to end, the process
 * would live on as a zombie without a /proc of its own. */
static void __attribute__((noreturn)) outlive_main(void)
{
    for (;;)
        pause();
}

/* LAB(kernel): main's kernel thread stays: outlive_main. Any other unwinds to
 * enter. */
void
thread_exit(void *result)
{
    struct kthread *t = kthread_self();
    kthread_finish(t, result);
    if (!t->is_main)
        pthread_exit(NULL); /* unwinds to enter, and to end */
    end(t);
    outlive_main();
}

thread_t
thread_self(void)
{
    return kthread_self()->id;
}

/* Set the name here and in the kernel. Call it with the lock held: a thread
 * that is not done has a handle that pthreads still knows. */
static void
set_name(struct kthread *t, const char *name)
{
    pthread_mutex_lock(&t->lock);
    memset(t->name, 0, sizeof t->name);
    snprintf(t->name, sizeof t->name, "%s", name ? name : "");
    if (!t->done)
        pthread_setname_np(t->handle, t->name);
    trace_name(&current->trace, t->id, t->name);
    pthread_mutex_unlock(&t->lock);
}

int
thread_set_name(thread_t thread, const char *name)
{
    struct kthread *self = kthread_self();
    kthread_lock(&the_threads.lock);
    struct kthread *t = thread ? find(thread) : self;
    if (t)
        set_name(t, name);
    pthread_mutex_unlock(&the_threads.lock);
    return t ? 0 : ESRCH;
}

int
thread_set_priority(thread_t thread, int priority)
{
    int error = 0;
    kthread_self();
    kthread_lock(&the_threads.lock);
    struct kthread *t = find(thread);
    if (!t)
        error = ESRCH;
    else if (!is_priority(priority))
        error = EINVAL;
    else {
        t->priority = priority;
        if (t->tid && !t->done)
            error = ask_kernel(t);
    }
    pthread_mutex_unlock(&the_threads.lock);
    return error;
}

int
thread_set_due(thread_t thread, uint64_t due)
{
    struct thread_info info;
    (void)due; /* SCHED_DEADLINE wants a budget too, and privilege */
    return thread_info(thread, &info) == 0 ? ENOTSUP : ESRCH;
}
