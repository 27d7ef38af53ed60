/* SPDX-License-Identifier: MIT */
/*
 * gil.c - one lock around the whole program: the global interpreter lock.
 *
 * CPython is built like this, and Ruby was: kernel threads, and only the one
 * that holds the global lock runs the program's code. What the program shares
 * is safe from half an instruction, an interpreter's own tables above all; in
 * exchange two threads compute no faster than one. Whoever must wait lets go of
 * the lock for as long, so waits overlap as they do without it. A system call
 * of the program's own, which we do not see, is made with the lock held, and
 * keeps everybody waiting.
 *
 * Who computes never waits, and would hold the lock for ever. No kernel thread
 * can be made to let go by force, so it is asked:
 *
 *      holder       ..computes...........checkpoint. waits ....
 *                                      ^           |       ^
 *      drop_asked                      |           v       |
 *      waiter       waits one interval |        takes it, computes
 *
 * A waiter whose interval passes without the lock changing hands asks for it;
 * the holder sees that at its next thread_checkpoint. Two details decide
 * whether that works. The holder must not take the lock again before a waiter
 * has had it: the waiter has first to be given a CPU, and would lose the race
 * every time. And the interval begins anew whenever the lock changes hands,
 * else ten waiters would ask ten times as often. Both are due to Antoine
 * Pitrou, who put them into CPython 3.2 in 2009. Ours differs in one thing: who
 * waits stands in line, and only the first of the line looks at the clock. With
 * ten thousand in it, the others' clocks would be all the machine had time for.
 */
#include "gil.h"

#include "clock.h"
#include "kthread.h"
#include "list.h"
#include "setting.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>

/* Of the interval, in us: as for a quantum. */
enum { LEAST = 10, MOST = 10000000, USUAL = 5000 };

#define NS_PER_US 1000ull

static struct {
    pthread_mutex_t lock;   /* guards all below; held for moments only */
    bool held;              /* this is the global lock */
    struct list line;       /* of places: who want it, the longest first */
    uint64_t turns;         /* times it was taken */
    thread_t holder;        /* who took it last; 0: not known */
    pthread_cond_t taken;   /* it was taken once more */
    uint64_t since;         /* when */
    uint64_t interval;      /* ns; 0: nobody ever asks */
    uint64_t asked;         /* times a holder was asked to drop it ... */
    uint64_t served;        /* ... and did */
    uint64_t kept;          /* ns that those turns had lasted */
    atomic_bool drop_asked; /* of the holder, who reads it without the lock */
} gil = {.lock = PTHREAD_MUTEX_INITIALIZER, .taken = PTHREAD_COND_INITIALIZER};

/* Where a thread stands in line: in the frame of the function that waits. */
struct place {
    struct link link;
    pthread_cond_t look; /* it is the first now, or the lock is free */
};

/* Does the running kernel thread hold the global lock? */
static _Thread_local bool inside;

/* ---- Taking turns; all of it with gil.lock held ---- */

static void
tell_first(void)
{
    if (!list_empty(&gil.line))
        pthread_cond_signal(
            &container_of(gil.line.first, struct place, link)->look);
}

/* The first of the line waits for an interval. If the lock has been with one
 * and the same holder all the while, it is asked for. */
static void
wait_as_first(struct place *p)
{
    uint64_t turn = gil.turns;
    struct timespec until = clock_timespec(clock_now() + gil.interval);
    int error =
        pthread_cond_clockwait(&p->look, &gil.lock, CLOCK_MONOTONIC, &until);
    if (error == 0 || !gil.held || gil.turns != turn || gil.drop_asked)
        return;
    gil.drop_asked = true;
    gil.asked++;
}

/* In a trace, who waits for the lock is blocked by whoever holds it, and made
 * ready by who held it last. A thread that has ended has no trace. */
static void
tell_trace(enum trace_event event, uint32_t arg)
{
    if (current)
        trace_emit(&current->trace, event, current->id, arg);
}

/* Whoever leaves the line leaves its clock to the next. */
static void
wait_in_line(void)
{
    struct place p = {.look = PTHREAD_COND_INITIALIZER};
    tell_trace(TRACE_BLOCK, TRACE_WAIT(TRACE_WAIT_GIL, gil.holder));
    list_append(&gil.line, &p.link);
    while (gil.held)
        if (gil.interval && gil.line.first == &p.link)
            wait_as_first(&p);
        else
            pthread_cond_wait(&p.look, &gil.lock);
    list_remove(&gil.line, &p.link);
    tell_trace(TRACE_READY, (uint32_t)gil.holder);
    tell_first();
}

/* A thread that comes just when the lock is free need not stand in line. */
static void
take_turn(void)
{
    if (gil.held)
        wait_in_line();
    gil.held = inside = true;
    gil.holder = current ? current->id : 0;
    gil.turns++;
    gil.since = clock_now();
    gil.drop_asked = false;
    pthread_cond_broadcast(&gil.taken); /* to all who have made way */
}

static void
end_turn(void)
{
    gil.held = inside = false;
    tell_first();
}

/* Let another have a turn, and see to it that one does; then wait for the
 * next. Returns whether there was another. */
static bool
make_way(void)
{
    uint64_t turn = gil.turns;
    if (!inside || list_empty(&gil.line))
        return false;
    if (gil.drop_asked) {
        gil.served++;
        gil.kept += clock_now() - gil.since;
    }
    end_turn();
    while (gil.turns == turn)
        pthread_cond_wait(&gil.taken, &gil.lock);
    take_turn();
    return true;
}

/* ---- What the rest of the room asks for ---- */

void
gil_start(void)
{
    gil.interval = NS_PER_US * setting_number("THREADS_GIL_INTERVAL_US", LEAST,
                                              MOST, USUAL);
    gil_take();
}

void
gil_take(void)
{
    int error = errno;
    if (inside)
        return;
    pthread_mutex_lock(&gil.lock);
    take_turn();
    pthread_mutex_unlock(&gil.lock);
    errno = error;
}

bool
gil_drop(void)
{
    if (!inside)
        return false;
    pthread_mutex_lock(&gil.lock);
    end_turn();
    pthread_mutex_unlock(&gil.lock);
    return true;
}

/* Those who were waiting are in the parent, and one of them may have been in
 * the middle of it. */
void
gil_after_fork(void)
{
    gil.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    gil.taken = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    gil.line = (struct list){NULL, NULL};
    gil.held = inside;
    gil.drop_asked = false;
}

/* ---- What the program asks for ---- */

void
thread_yield(void)
{
    kthread_self();
    pthread_mutex_lock(&gil.lock);
    bool switched = make_way();
    pthread_mutex_unlock(&gil.lock);
    if (!switched)
        sched_yield(); /* to one who is on its way to the lock */
}

void
thread_checkpoint(void)
{
    if (__builtin_expect(
            !atomic_load_explicit(&gil.drop_asked, memory_order_relaxed), 1))
        return;
    pthread_mutex_lock(&gil.lock);
    make_way();
    pthread_mutex_unlock(&gil.lock);
}

/* ---- The interval is what this model has for a quantum ---- */

int
thread_preempt(uint64_t quantum)
{
    if (quantum && (quantum < LEAST * NS_PER_US || quantum > MOST * NS_PER_US))
        return EINVAL;
    kthread_self();
    pthread_mutex_lock(&gil.lock);
    gil.interval = quantum;
    tell_first(); /* who may have waited without a clock so far */
    pthread_mutex_unlock(&gil.lock);
    return 0;
}

void
thread_preemption(struct thread_preemption *p)
{
    kthread_self();
    pthread_mutex_lock(&gil.lock);
    *p = (struct thread_preemption){
        .source = gil.interval ? "gil" : NULL,
        .quantum = gil.interval,
        .ticks = gil.asked,
        .served = gil.served,
        .achieved = gil.served ? gil.kept / gil.served : 0,
    };
    pthread_mutex_unlock(&gil.lock);
}

const struct thread_model *
thread_model(void)
{
    static struct thread_model model;
    if (!gil.turns)
        kthread_self(); /* a first call like any other */
    model = (struct thread_model){
        .name = "gil",
        .textbook = "one-to-one under a global lock",
        .context = "kernel",
        .policy = "gil",
        .io_engine = "kernel",
        .io_fallback = NULL,
        .parallel = false,
        .shares_memory = true,
        .raw_call_stalls = true,
        .io_call_stalls = false,
        .preemptive = false,
        .checkpoint_switches = gil.interval > 0,
    };
    return &model;
}
