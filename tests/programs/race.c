/* SPDX-License-Identifier: MIT */
/*
 * race.c - two threads change one counter. With "none" nothing puts their
 * changes in order: a race, even where threads take turns on one kernel
 * thread. With the name of something that synchronises, that does: no race.
 * For ThreadSanitizer to judge.
 */
#include "channel.h"
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 50 };

static int counter;

static struct mutex mutex;
static struct rwlock rwlock;
static struct cond changed;
static struct semaphore first = SEMAPHORE_INITIALIZER(1), second;
static struct barrier barrier = BARRIER_INITIALIZER(2);
static struct event event;
static struct thread_once once;
static struct channel channel;
static int ends[2];

/* ---- Each with itself, many times ---- */

static void *
count(void *arg)
{
    for (int i = 0; i < TIMES; i++) {
        counter++;
        thread_yield();
    }
    return arg;
}

/* From when both are there: who is born later comes after who has died. */
static void *
none(void *arg)
{
    barrier_wait(&barrier);
    return count(arg);
}

static void *
with_mutex(void *arg)
{
    for (int i = 0; i < TIMES; i++) {
        if (i % 2)
            mutex_lock(&mutex);
        else
            while (mutex_trylock(&mutex) != 0)
                thread_yield();
        counter++;
        thread_yield();
        mutex_unlock(&mutex);
    }
    return arg;
}

/* Write under the write lock, and read under the other. */
static void *
with_rwlock(void *arg)
{
    for (int i = 0; i < TIMES; i++) {
        rwlock_wrlock(&rwlock);
        counter++;
        thread_yield();
        rwlock_unlock(&rwlock);
        rwlock_rdlock(&rwlock);
        if (counter < 0)
            puts("impossible");
        rwlock_unlock(&rwlock);
    }
    return arg;
}

/* In turns: odd for one, even for the other. */
static void *
with_cond(void *turn)
{
    for (int i = 0; i < TIMES; i++) {
        mutex_lock(&mutex);
        while (counter % 2 != (turn != NULL))
            cond_wait(&changed, &mutex);
        counter++;
        cond_signal(&changed);
        mutex_unlock(&mutex);
    }
    return turn;
}

static void *
with_semaphore(void *turn)
{
    for (int i = 0; i < TIMES; i++) {
        semaphore_wait(turn ? &second : &first);
        counter++;
        semaphore_post(turn ? &first : &second);
    }
    return turn;
}

/* One writes between two rounds, the other between the next two. */
static void *
with_barrier(void *turn)
{
    for (int i = 0; i < TIMES; i++) {
        if (i % 2 == (turn != NULL))
            counter++;
        barrier_wait(&barrier);
    }
    return turn;
}

/* ---- One before the other ---- */

static void *
with_event(void *later)
{
    if (later)
        event_wait(&event);
    counter++;
    if (!later)
        event_set(&event);
    return NULL;
}

static void
increment(void)
{
    counter++;
    thread_yield();
}

static void *
with_once(void *arg)
{
    thread_once(&once, increment);
    if (counter != 1)
        puts("impossible");
    return arg;
}

/* The counter belongs to whoever has the item. */
static void *
with_channel(void *later)
{
    int item = 0;
    for (int i = 0; i < TIMES; i++) {
        if (later)
            channel_receive(&channel, &item);
        counter++;
        channel_send(&channel, &item);
        if (!later)
            channel_receive(&channel, &item);
    }
    return NULL;
}

static void *
with_io(void *later)
{
    char byte = 'x';
    if (later)
        thread_read(ends[0], &byte, 1);
    counter++;
    if (!later)
        thread_write(ends[1], &byte, 1);
    return NULL;
}

/* ---- main ---- */

static void
run_two(void *(*fn)(void *))
{
    thread_t threads[2];
    static int later;
    thread_create(&threads[0], NULL, fn, NULL);
    thread_create(&threads[1], NULL, fn, &later);
    thread_join(threads[0], NULL);
    thread_join(threads[1], NULL);
}

/* Create and join alone; the stack of one is the next one's too. */
static void
run_in_a_row(void)
{
    for (int i = 0; i < 3; i++) {
        thread_t thread;
        thread_create(&thread, NULL, count, NULL);
        thread_join(thread, NULL);
        counter++;
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void *(*fn)(void *);
    } ways[] = {{"none", none},
                {"mutex", with_mutex},
                {"rwlock", with_rwlock},
                {"cond", with_cond},
                {"barrier", with_barrier},
                {"semaphore", with_semaphore},
                {"event", with_event},
                {"once", with_once},
                {"channel", with_channel},
                {"io", with_io}};
    const char *way = argc > 1 ? argv[1] : "";
    if (pipe(ends) != 0 || channel_init(&channel, sizeof(int), 0) != 0)
        return 2;
    if (strcmp(way, "join") == 0) {
        run_in_a_row();
        return 0;
    }
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(way, ways[i].name) == 0) {
            run_two(ways[i].fn);
            return 0;
        }
    fprintf(stderr, "race: which way?\n");
    return 2;
}
