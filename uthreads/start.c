/* SPDX-License-Identifier: MIT */
/*
 * start.c - the first contract call: the caller becomes thread 1.
 *
 * The one file that knows every room, so that the rooms need not know each
 * other: it reads the settings, opens the rooms from the lowest floor up, and
 * joins the scheduler to what it may wait for.
 */
#include "clock.h"
#include "context.h"
#include "explore.h"
#include "io_engine.h"
#include "io_help.h"
#include "overflow.h"
#include "panic.h"
#include "preempt.h"
#include "report.h"
#include "sched.h"
#include "setting.h"
#include "time.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void
poll_events(void)
{
    io_hear();
    time_expire();
}

/* Sleep in the kernel until the next event, whichever kind it is. */
static bool
wait_for_event(void)
{
    uint64_t deadline = time_earliest();
    if (io_pending() > 0) {
        io_wait(deadline);
    } else if (deadline != THREAD_FOREVER) {
        struct timespec until = clock_timespec(deadline);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    } else {
        return false;
    }
    time_expire();
    return true;
}

static const struct policy *
choose_policy(void)
{
    static const struct policy *const policies[] = {
        &policy_rr,      &policy_fifo,   &policy_priority, &policy_mlfq,
        &policy_lottery, &policy_stride, &policy_edf,      &policy_random};
    enum { COUNT = sizeof policies / sizeof *policies };
    const char *names[COUNT + 1] = {NULL};
    for (int i = 0; i < COUNT; i++)
        names[i] = policies[i]->name;
    return policies[setting_choice("UTHREADS_POLICY", names, 0)];
}

static bool
accounting_wanted(void)
{
    static const char *const choices[] = {"off", "on", NULL};
    return setting_choice("UTHREADS_ACCOUNTING", choices, 0) == 1;
}

/* The first stack has not been made yet. */
static void
choose_guard(void)
{
    static const char *const choices[] = {"auto", "mprotect", NULL};
    if (setting_choice("UTHREADS_GUARD", choices, 0) == 1)
        stack_force_mprotect();
}

/* Main is a thread like any other, but for its stack. */
static void
admit_main(struct sched *s)
{
    struct uthread *t = &s->main;
    pthread_attr_t attr;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &low, &size);
        pthread_attr_destroy(&attr);
    }
    t->due = UINT64_MAX;
    fiber_adopt(&t->fiber, low, size);
    t->id = table_add(&s->table, t);
    if (!t->id || time_reserve(1) != 0)
        give_up("no memory for the thread table");
    strcpy(t->name, "main");
    trace_emit(&s->trace, TRACE_CREATE, t->id, 0);
    trace_emit(&s->trace, TRACE_START, t->id, s->trace.tid);
    trace_name(&s->trace, t->id, t->name);
    trace_emit(&s->trace, TRACE_RUN, t->id, 0);
}

/* After a fork, in the child. */
static void
in_child(void)
{
    trace_abandon();
    io_forked();
}

void
start(void)
{
    bool explored = explore_serve();
    uint64_t seed = setting_number("UTHREADS_SEED", 0, UINT64_MAX, 1);
    struct events events = {poll_events, wait_for_event, report_deadlock};
    report_start();
    clock_start();
    io_start();
    choose_guard();
    const struct policy *policy = choose_policy();
    int error = sched_start(explored ? &policy_explore : policy, seed, events);
    if (error)
        give_up("no stack for the idle thread: %s", strerror(error));
    overflow_start();
    trace_start(thread_model());
    if (trace_on || accounting_wanted())
        sched_account();
    admit_main(&the_sched);
    if (!explored)
        preempt_start();
    atexit(trace_stop);
    pthread_atfork(NULL, NULL, in_child);
    clock_record_rate();
}

const struct thread_model *
thread_model(void)
{
    static struct thread_model model;
    const struct sched *s = sched_self();
    model = (struct thread_model){
        .name = "user",
        .textbook = "many-to-one",
        .context = context_name,
        .policy = s->policy->name,
        .io_engine = io_engine->name,
        .io_fallback = io_fallback,
        .parallel = false,
        .shares_memory = true,
        .raw_call_stalls = true,
        .io_call_stalls = !io_engine->suspends,
        .preemptive = preempt_on(),
        .checkpoint_switches = preempt_on(),
    };
    return &model;
}
