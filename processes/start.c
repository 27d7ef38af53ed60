/* SPDX-License-Identifier: MIT */
/*
 * start.c - the first contract call: the caller becomes thread 1.
 *
 * What all threads will share must be there before the first of them is made:
 * the thread table, whose pages are mapped once more as shared ones, and the
 * addresses of shared memory.
 *
 * A kernel thread of this process that is not its first must not call the
 * contract: a thread is a process here, and it is none.
 */
#include "cancel.h"
#include "io_op.h"
#include "panic.h"
#include "process.h"
#include "reap.h"
#include "report.h"
#include "shared.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

_Alignas(PAGE_MOST) union threads_pages the_pages;
_Thread_local struct process *current;

/* Put fresh shared pages where the thread table lies. What it held is gone for
 * this process; others keep theirs. */
static void
share_the_table(void)
{
    if (mmap(&the_pages, sizeof the_pages, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        give_up("no shared memory for the thread table");
    the_threads.table = (struct table){.slots = the_threads.slots,
                                       .size = sizeof the_threads.slots /
                                               sizeof *the_threads.slots};
}

/* Main is a thread like any other, but for its stack. */
static void
admit_main(void)
{
    struct process *t = process_admit();
    t->is_main = true;
    t->pid = getpid();
    strcpy(t->name, "main");
    current = t;
    trace_emit(&t->trace, TRACE_CREATE, t->id, 0);
    trace_emit(&t->trace, TRACE_START, t->id, (uint32_t)t->pid);
    trace_name(&t->trace, t->id, t->name);
}

/* The program ends: main has returned, or called exit. In another thread
 * exit(3) ends just that one, and whoever joins it is told that it gave no
 * result. */
static void
end_program(void)
{
    if (!current || !current->is_main)
        return;
    process_end_others();
    trace_stop();
}

/* The program has called fork(2) itself. The child is no thread of ours, but
 * it is free to use the contract: it becomes the only thread of a table of its
 * own. Shared memory it shares with us, as it does all that is shared. */
static void
after_fork_in_child(void)
{
    if (process_is_forking || !current)
        return;
    struct process me = *current;
    trace_abandon();
    share_the_table();
    the_threads.table.last_id = me.id - 1; /* it keeps its identifier */
    current = process_admit();
    current->is_main = true;
    current->pid = getpid();
    current->stack_size = me.stack_size;
    current->stack_top = me.stack_top;
    current->priority = me.priority;
    current->cleanup = me.cleanup;
    current->values = me.values;
    current->cancel_off = me.cancel_off;
    memcpy(current->name, me.name, sizeof me.name);
}

/* A child whose parent ends becomes main's, so that main can reap it. */
void
start(void)
{
    if (the_threads.table.last_id || gettid() != getpid())
        panic("kernel thread %d is not the first of its process: it cannot "
              "call the contract",
              (int)gettid());
    share_the_table();
    shared_start();
    report_start();
    cancel_start();
    clock_start();
    trace_start(thread_model());
    io_reap_own = reap_own;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    admit_main();
    atexit(end_program);
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

const struct thread_model *
thread_model(void)
{
    static const struct thread_model model = {
        .name = "process",
        .textbook = "a process per thread",
        .context = "kernel",
        .policy = "kernel",
        .io_engine = "kernel",
        .io_fallback = NULL,
        .parallel = true,
        .shares_memory = false,
        .raw_call_stalls = false,
        .io_call_stalls = false,
        .preemptive = true,
        .checkpoint_switches = true,
    };
    return &model;
}
