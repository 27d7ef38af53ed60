/* SPDX-License-Identifier: MIT */
/*
 * stuck.c - programs that hang, and some that only seem to.
 *
 *   joins     three threads, each of which would join the next
 *   mixed     one joins who waits for the mutex that it holds
 *   rwlocks   two threads hold a lock to write and want the other's
 *   readers   two threads hold the same lock to read and want it to write
 *   self      a thread locks its own mutex twice
 *   channel   main receives from a channel that nobody else has
 *   select    main selects from two of them
 *   barrier   two have come, and three are wanted
 *   event     nobody sets it
 *   tail      a thread waits for one of a circle, and is in none itself
 *   sleeper   all wait for a thread that sleeps, and then wakes them
 *   until     all wait for good but one, which waits with a deadline
 *   input     all wait for a thread that waits for standard input
 *   some      two threads are in a circle while another goes on
 */
#include "channel.h"
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MS 1000000u

static thread_t threads[3];
static struct rwlock east, west;
static struct mutex one, two;
static struct semaphore go;
static struct barrier gate = BARRIER_INITIALIZER(3);
static struct event dawn;

/* Both have their first lock before either wants its second. */
static struct barrier both_hold = BARRIER_INITIALIZER(2);

static void
make(int i, const char *name, void *(*fn)(void *), void *arg)
{
    struct thread_attr attr = {.name = name};
    if (thread_create(&threads[i], &attr, fn, arg) != 0)
        _exit(1);
}

/* Once all have been made: a kernel thread may run before its maker goes on. */
static void *
join_next(void *next)
{
    event_wait(&dawn);
    if (thread_join(*(thread_t *)next, NULL) == EDEADLK)
        puts("refused");
    return NULL;
}

static void *
east_then_west(void *unused)
{
    rwlock_wrlock(&east);
    barrier_wait(&both_hold);
    rwlock_wrlock(&west);
    return unused;
}

static void *
west_then_east(void *unused)
{
    rwlock_wrlock(&west);
    barrier_wait(&both_hold);
    rwlock_rdlock(&east);
    return unused;
}

static void *
read_then_write(void *unused)
{
    rwlock_rdlock(&east);
    barrier_wait(&both_hold);
    rwlock_wrlock(&east);
    return unused;
}

static void *
one_then_two(void *unused)
{
    mutex_lock(&one);
    barrier_wait(&both_hold);
    mutex_lock(&two);
    return unused;
}

static void *
two_then_one(void *unused)
{
    mutex_lock(&two);
    barrier_wait(&both_hold);
    mutex_lock(&one);
    return unused;
}

static void *
lock_then_join(void *next)
{
    mutex_lock(&one);
    return join_next(next);
}

static void *
lock_one(void *unused)
{
    mutex_lock(&one);
    return unused;
}

static void *
lock_twice(void *unused)
{
    mutex_lock(&one);
    mutex_lock(&one);
    return unused;
}

static void *
come_to_gate(void *unused)
{
    barrier_wait(&gate);
    return unused;
}

static void *
sleep_then_post(void *unused)
{
    thread_sleep(50 * MS);
    semaphore_post(&go);
    return unused;
}

static void *
wait_until(void *unused)
{
    semaphore_wait_until(&go, thread_now() + 50 * MS);
    event_set(&dawn);
    return unused;
}

static void *
read_then_post(void *unused)
{
    char byte;
    if (thread_read(STDIN_FILENO, &byte, 1) == 1)
        semaphore_post(&go);
    return unused;
}

static void
circle_of_joins(void)
{
    make(0, "ann", join_next, &threads[1]);
    make(1, "bob", join_next, &threads[2]);
    make(2, "cid", join_next, &threads[0]);
    event_set(&dawn);
    thread_exit(NULL);
}

static void
circle_of_mutexes(void)
{
    thread_name_object(&one, "one");
    thread_name_object(&two, "two");
    make(0, "ann", one_then_two, NULL);
    make(1, "bob", two_then_one, NULL);
}

/* Wait until it has come to rest before a mutex. */
static void
await_mutex(thread_t t)
{
    struct thread_info info;
    do
        thread_sleep(MS);
    while (thread_info(t, &info) == 0 && info.wait != THREAD_WAIT_MUTEX);
}

/* True if there is one of that name. */
static bool
hang(const char *how)
{
    struct channel empty = {0}, other = {0};
    struct channel_case cases[] = {{&empty, CHANNEL_RECEIVE, NULL, {0}},
                                   {&other, CHANNEL_SEND, NULL, {0}}};
    size_t chosen;
    thread_name_object(&empty, "mailbox");
    thread_name_object(&east, "east");
    if (strcmp(how, "mixed") == 0) {
        make(0, "ann", lock_then_join, &threads[1]);
        make(1, "bob", lock_one, NULL);
        event_set(&dawn);
        thread_exit(NULL);
    } else if (strcmp(how, "rwlocks") == 0) {
        make(0, "ann", east_then_west, NULL);
        make(1, "bob", west_then_east, NULL);
        thread_join(threads[0], NULL);
    } else if (strcmp(how, "readers") == 0) {
        make(0, "ann", read_then_write, NULL);
        make(1, "bob", read_then_write, NULL);
        thread_join(threads[0], NULL);
    } else if (strcmp(how, "self") == 0) {
        make(0, "ann", lock_twice, NULL);
        thread_join(threads[0], NULL);
    } else if (strcmp(how, "channel") == 0) {
        channel_receive(&empty, NULL);
    } else if (strcmp(how, "select") == 0) {
        channel_select(cases, 2, THREAD_FOREVER, &chosen);
    } else if (strcmp(how, "barrier") == 0) {
        make(0, "ann", come_to_gate, NULL);
        barrier_wait(&gate);
    } else if (strcmp(how, "event") == 0) {
        event_wait(&dawn);
    } else if (strcmp(how, "tail") == 0) {
        circle_of_mutexes();
        thread_join(threads[1], NULL);
    } else {
        return false;
    }
    return true;
}

/* The same, of those that do not. */
static bool
go_on(const char *how)
{
    if (strcmp(how, "joins") == 0) {
        circle_of_joins();
    } else if (strcmp(how, "sleeper") == 0) {
        make(0, "ann", sleep_then_post, NULL);
        semaphore_wait(&go);
    } else if (strcmp(how, "until") == 0) {
        make(0, "ann", wait_until, NULL);
        event_wait(&dawn);
    } else if (strcmp(how, "input") == 0) {
        make(0, "ann", read_then_post, NULL);
        semaphore_wait(&go);
    } else if (strcmp(how, "some") == 0) {
        circle_of_mutexes();
        await_mutex(threads[0]);
        await_mutex(threads[1]);
        raise(SIGQUIT);
    } else {
        return false;
    }
    return true;
}

int
main(int argc, char **argv)
{
    if (argc != 2 || (!go_on(argv[1]) && !hang(argv[1])))
        return 2;
    puts("went on");
    return 0;
}
