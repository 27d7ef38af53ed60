/* SPDX-License-Identifier: MIT */
/*
 * target.c - a program to be debugged: threads parked in every kind of wait.
 *     gdb-target [COUNT [stall | preempt]]
 *
 *     COUNT    so many more threads that wait for a semaphore
 *     stall    the process says "parked", and main waits for a line of input
 *              with read(2), which stops all user-level threads
 *     preempt  one of the threads that are ready was interrupted in a loop
 *
 * Each thread is parked two calls deep, below a function named for what it
 * waits for, with a local variable whose value is known: 1000 plus its place.
 * When all are, after_parking is called, with one of them ready and the others
 * blocked; then everybody is let go, and the sum of what the locals hold is
 * printed, so that a debugger that has disturbed one is found out.
 */
#include "channel.h"
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND 1000000000u

static struct mutex door = MUTEX_INITIALIZER;
static struct mutex lobby = MUTEX_INITIALIZER;
static struct cond bell = COND_INITIALIZER;
static struct semaphore tickets = SEMAPHORE_INITIALIZER(0);
static struct semaphore crowd = SEMAPHORE_INITIALIZER(0);
static struct rwlock shelf = RWLOCK_INITIALIZER;
static struct event dawn = EVENT_INITIALIZER;
static struct channel belt, quay;
static int piped[2], polled[2];
static bool rung;
static thread_t sleeper;
static volatile bool spun;
static volatile long spins;
static _Atomic long total; /* kernel threads add to it at once */

/* Not inlined, so that there is a frame to be found. */
#define FRAME __attribute__((noinline, noclone))

/* A thread's first function. What it holds while it is parked, on its stack and
 * in a register, is looked at again afterwards. */
#define PARKED(name, place, call)             \
    static FRAME void *name(void *arg)        \
    {                                         \
        volatile long local = 1000 + (place); \
        long held = 2000 + (place);           \
        __asm__ volatile("" : "+r"(held));    \
        call;                                 \
        __asm__ volatile("" : "+r"(held));    \
        if (held == local + 1000)             \
            total += local;                   \
        return arg;                           \
    }

static FRAME void
wait_for_bell(void)
{
    mutex_lock(&lobby);
    while (!rung)
        cond_wait(&bell, &lobby);
    mutex_unlock(&lobby);
}

static FRAME void
lock_door(void)
{
    mutex_lock(&door);
    mutex_unlock(&door);
}

static FRAME void
read_pipe(void)
{
    char byte;
    thread_read(piped[0], &byte, 1);
}

static FRAME void
poll_pipe(void)
{
    struct pollfd fd = {.fd = polled[0], .events = POLLIN};
    thread_poll(&fd, 1, THREAD_FOREVER);
}

static FRAME void
receive(struct channel *from)
{
    int item;
    channel_receive(from, &item);
}

static FRAME void
write_shelf(void)
{
    rwlock_wrlock(&shelf);
    rwlock_unlock(&shelf);
}

static FRAME void
select_both(void)
{
    int item;
    size_t chosen;
    struct channel_case cases[] = {
        {.channel = &belt, .way = CHANNEL_RECEIVE, .item = &item},
        {.channel = &quay, .way = CHANNEL_RECEIVE, .item = &item}};
    channel_select(cases, 2, THREAD_FOREVER, &chosen);
}

static FRAME void
spin(void)
{
    while (!spun)
        spins++;
}

PARKED(mutex_waiter, 1, lock_door())
PARKED(cond_waiter, 2, wait_for_bell())
PARKED(semaphore_waiter, 3, semaphore_wait(&tickets))
PARKED(channel_waiter, 4, receive(&belt))
PARKED(sleep_waiter, 5, thread_sleep(UINT64_MAX / 4))
PARKED(join_waiter, 6, thread_join(sleeper, NULL))
PARKED(pipe_reader, 7, read_pipe())
PARKED(pipe_poller, 8, poll_pipe())
PARKED(shelf_writer, 9, write_shelf())
PARKED(selector, 10, select_both())
PARKED(dawn_waiter, 11, event_wait(&dawn))
PARKED(yielder, 12, thread_yield())
PARKED(newcomer, 13, thread_yield())
PARKED(spinner, 0, spin())
PARKED(one_of_many, 0, semaphore_wait(&crowd))

static const struct {
    const char *name;
    void *(*fn)(void *);
} parked[] = {{"mutex", mutex_waiter},         {"cond", cond_waiter},
              {"semaphore", semaphore_waiter}, {"channel", channel_waiter},
              {"sleep", sleep_waiter},         {"join", join_waiter},
              {"reader", pipe_reader},         {"poller", pipe_poller},
              {"rwlock", shelf_writer},        {"select", selector},
              {"event", dawn_waiter}};

enum { PARKED_COUNT = sizeof parked / sizeof *parked, MOST = 20000 };

static thread_t ids[PARKED_COUNT], late[2], many[MOST];

static thread_t
create(const char *name, void *(*fn)(void *))
{
    thread_t thread;
    int error = thread_create(
        &thread, &(struct thread_attr){.name = name, .stack_size = 65536}, fn,
        NULL);
    if (error) {
        fprintf(stderr, "gdb-target: cannot create thread %s\n", name);
        exit(1);
    }
    return thread;
}

static void
await_blocked(thread_t thread)
{
    struct thread_info info;
    while (thread_info(thread, &info) == 0 && info.state != THREAD_BLOCKED)
        thread_yield();
}

/* Break here. */
static FRAME void
after_parking(void)
{
    __asm__ volatile("" ::: "memory");
}

static void
park_all(int count)
{
    mutex_lock(&door);
    rwlock_wrlock(&shelf);
    for (int i = 0; i < PARKED_COUNT; i++) {
        ids[i] = create(parked[i].name, parked[i].fn);
        if (parked[i].fn == sleep_waiter)
            sleeper = ids[i];
        await_blocked(ids[i]);
    }
    for (int i = 0; i < count; i++)
        many[i] = create("", one_of_many);
    for (int i = 0; i < count; i++)
        await_blocked(many[i]);
    late[0] = create("yielder", yielder);
    thread_yield(); /* it runs, and is ready again behind us */
    late[1] = create("newcomer", newcomer);
}

/* Leave a thread in the middle of a loop. */
static thread_t
interrupt_one(void)
{
    int error = thread_preempt(1000000);
    if (error) {
        fprintf(stderr, "gdb-target: no preemption: %s\n", strerror(error));
        exit(77);
    }
    thread_t spinning = create("spinner", spinner);
    while (!spins)
        thread_yield();
    thread_preempt(0);
    return spinning;
}

static void
stall(void)
{
    char line[80];
    puts("parked");
    fflush(stdout);
    if (read(STDIN_FILENO, line, sizeof line) < 0)
        exit(1);
}

static void
release_all(int count)
{
    int item = 1;
    mutex_unlock(&door);
    rwlock_unlock(&shelf);
    mutex_lock(&lobby);
    rung = true;
    cond_broadcast(&bell);
    mutex_unlock(&lobby);
    semaphore_post(&tickets);
    channel_send(&belt, &item);
    channel_send(&quay, &item);
    event_set(&dawn);
    thread_cancel(sleeper);
    if (write(piped[1], "x", 1) != 1 || write(polled[1], "x", 1) != 1)
        exit(1);
    for (int i = 0; i < count; i++)
        semaphore_post(&crowd);
    for (int i = 0; i < PARKED_COUNT; i++)
        if (ids[i] != sleeper)
            thread_join(ids[i], NULL);
    for (int i = 0; i < count; i++)
        thread_join(many[i], NULL);
    thread_join(late[0], NULL);
    thread_join(late[1], NULL);
}

int
main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0;
    const char *how = argc > 2 ? argv[2] : "";
    thread_t spinning = 0;
    if (count > MOST || pipe(piped) != 0 || pipe(polled) != 0)
        return 1;
    channel_init(&belt, sizeof(int), 0);
    channel_init(&quay, sizeof(int), 0);
    thread_name_object(&door, "door");
    thread_name_object(&bell, "bell");
    thread_name_object(&belt, "belt");
    park_all(count);
    if (strcmp(how, "preempt") == 0)
        spinning = interrupt_one();
    if (strcmp(how, "stall") == 0)
        stall();
    after_parking();
    spun = true;
    if (spinning)
        thread_join(spinning, NULL);
    release_all(count);
    /* 1000 each but the sleeper's, and 1 to 13 but 5. */
    long expected =
        1000l * (PARKED_COUNT - 1 + 2 + count) + 91 - 5 + (spinning ? 1000 : 0);
    printf("total %ld: %s\n", (long)total,
           total == expected ? "right" : "wrong");
    return total != expected;
}
