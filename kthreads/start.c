/* SPDX-License-Identifier: MIT */
/*
 * start.c - the first contract call: the caller becomes thread 1.
 *
 * Next to nothing has to be opened: the scheduler has been running since the
 * machine was switched on.
 *
 * A kernel thread that thread_create did not make (a library's, say) must not
 * call the contract. It could be adopted here, but not in a user-level model,
 * and a program that works with one model only has left the contract.
 */
#include "kthread.h"
#include "panic.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct threads the_threads = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .flags_lock = PTHREAD_MUTEX_INITIALIZER,
                              .channels_lock = PTHREAD_MUTEX_INITIALIZER};
_Thread_local struct kthread *current;

/* Main is a thread like any other, but for its stack. */
static void
admit_main(void)
{
    struct kthread *t = calloc(1, sizeof *t);
    if (!t || kthread_admit(t) != 0)
        give_up("no memory for the thread table");
    t->is_main = true;
    t->handle = pthread_self();
    t->tid = gettid();
    strcpy(t->name, "main");
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL); /* see cancel.c */
    current = t;
    trace_emit(&t->trace, TRACE_CREATE, t->id, 0);
    trace_emit(&t->trace, TRACE_START, t->id, (uint32_t)t->tid);
    trace_name(&t->trace, t->id, t->name);
}

/* ---- fork: of all threads only the caller goes on in the child ---- */

/* Hold every lock, or the child could inherit one whose holder it has not. */
static void
before_fork(void)
{
    kthread_lock(&the_threads.channels_lock);
    kthread_lock(&the_threads.flags_lock);
    kthread_lock(&the_threads.lock);
}

static void
after_fork(void)
{
    pthread_mutex_unlock(&the_threads.lock);
    pthread_mutex_unlock(&the_threads.flags_lock);
    pthread_mutex_unlock(&the_threads.channels_lock);
}

/* Strike off the threads that the child does not have, or it would wait for
 * their end. */
static void
after_fork_in_child(void)
{
    struct kthread *t;
    size_t position = 0;
    trace_abandon();
    gil_after_fork();
    while ((t = table_next(&the_threads.table, &position)) != NULL) {
        if (t == current)
            continue;
        table_remove(&the_threads.table, t->id);
        free(t);
    }
    if (current) {
        current->tid = gettid();
        current->trace = (struct trace_cursor){0};
        current->joiner = NULL;
        the_threads.alive = 1;
    }
    after_fork();
}

void
start(void)
{
    if (the_threads.table.last_id || gettid() != getpid())
        panic("kernel thread %d is neither main's nor made by thread_create: "
              "it cannot call the contract",
              (int)gettid());
    report_start();
    clock_start();
    gil_start();
    trace_start(thread_model());
    admit_main();
    atexit(trace_stop);
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}
