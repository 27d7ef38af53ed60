/* SPDX-License-Identifier: MIT */
/*
 * sync.c - what user-level threads promise beyond the contract: first come,
 * first served, and a released object goes straight to the longest waiter.
 */
#include "sync.h"

#include "sched.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define NUMBER(n) ((void *)(uintptr_t)(n))

static struct mutex mutex = MUTEX_INITIALIZER;
static struct cond cond = COND_INITIALIZER;
static struct semaphore semaphore = SEMAPHORE_INITIALIZER(0);

/* Who came through, in order. */
static char story[64];
static int told;

static void *
lock(void *letter)
{
    mutex_lock(&mutex);
    story[told++] = (char)(uintptr_t)letter;
    mutex_unlock(&mutex);
    return NULL;
}

static void *
wait_for_signal(void *letter)
{
    mutex_lock(&mutex);
    cond_wait(&cond, &mutex);
    story[told++] = (char)(uintptr_t)letter;
    mutex_unlock(&mutex);
    return NULL;
}

static void *
wait_for_post(void *letter)
{
    semaphore_wait(&semaphore);
    story[told++] = (char)(uintptr_t)letter;
    return NULL;
}

static void *
wait_for_post_in_vain(void *unused)
{
    (void)unused;
    return NUMBER(semaphore_wait_until(&semaphore, thread_now() + 1000000));
}

static thread_t
spawn(void *(*fn)(void *), char letter)
{
    thread_t thread = 0;
    cr_assert_eq(thread_create(&thread, NULL, fn, NUMBER(letter)), 0);
    return thread;
}

/* Let everybody run until he ends or blocks. */
static void
settle(void)
{
    while (!list_empty(&sched_self()->ready.threads))
        thread_yield();
}

static void
line_up(void *(*fn)(void *), const char *letters)
{
    for (; *letters; letters++) {
        spawn(fn, *letters);
        settle();
    }
}

/* ---- Mutex ---- */

Test(fifo, a_mutex_goes_to_the_longest_waiter, .timeout = 10)
{
    mutex_lock(&mutex);
    line_up(lock, "abcde");
    mutex_unlock(&mutex);
    settle();
    cr_assert_str_eq(story, "abcde");
}

Test(fifo, nobody_overtakes_the_one_a_mutex_was_handed_to, .timeout = 10)
{
    mutex_lock(&mutex);
    line_up(lock, "a");
    mutex_unlock(&mutex);
    cr_assert_eq(mutex_trylock(&mutex), EBUSY, "it is a's already");
    cr_assert_eq(mutex_unlock(&mutex), EPERM);
    cr_assert_str_eq(story, "", "unlocking does not switch");
    mutex_lock(&mutex);
    cr_assert_str_eq(story, "a");
}

/* ---- Condition variable ---- */

Test(fifo, one_signal_wakes_one_thread_the_longest_waiter, .timeout = 10)
{
    line_up(wait_for_signal, "abc");
    cond_signal(&cond);
    settle();
    cr_assert_str_eq(story, "a");
    cond_signal(&cond);
    settle();
    cr_assert_str_eq(story, "ab");
    cond_signal(&cond);
    cond_signal(&cond);
    settle();
    cr_assert_str_eq(story, "abc");
}

Test(fifo, a_broadcast_wakes_them_in_the_order_they_came, .timeout = 10)
{
    line_up(wait_for_signal, "abcde");
    cond_broadcast(&cond);
    settle();
    cr_assert_str_eq(story, "abcde");
}

Test(fifo, after_a_signal_the_mutex_is_waited_for_in_line, .timeout = 10)
{
    line_up(wait_for_signal, "a");
    mutex_lock(&mutex);
    line_up(lock, "b");
    cond_signal(&cond);
    settle();
    line_up(lock, "c");
    mutex_unlock(&mutex);
    settle();
    cr_assert_str_eq(story, "bac");
}

/* ---- Semaphore ---- */

Test(fifo, a_post_goes_to_the_longest_waiter, .timeout = 10)
{
    line_up(wait_for_post, "abc");
    for (int i = 0; i < 3; i++)
        semaphore_post(&semaphore);
    cr_assert_eq(semaphore_value(&semaphore), 0);
    settle();
    cr_assert_str_eq(story, "abc");
}

Test(fifo, nobody_overtakes_the_one_a_post_was_handed_to, .timeout = 10)
{
    line_up(wait_for_post, "a");
    semaphore_post(&semaphore);
    cr_assert_eq(semaphore_trywait(&semaphore), EAGAIN);
    settle();
    cr_assert_str_eq(story, "a");
}

Test(fifo, one_who_gave_up_leaves_the_middle_of_the_line, .timeout = 10)
{
    void *error = NULL;
    line_up(wait_for_post, "a");
    thread_t quitter = spawn(wait_for_post_in_vain, 'q');
    settle();
    line_up(wait_for_post, "b");
    thread_join(quitter, &error);
    cr_assert_eq((uintptr_t)error, ETIMEDOUT);
    semaphore_post(&semaphore);
    semaphore_post(&semaphore);
    settle();
    cr_assert_str_eq(story, "ab");
    cr_assert_eq(semaphore_value(&semaphore), 0);
}

/* A thread that is woken in time may run long after its deadline: what counts
 * is that it was woken. */
static void *
wait_for_5_ms(void *unused)
{
    (void)unused;
    return NUMBER(semaphore_wait_until(&semaphore, thread_now() + 5000000));
}

Test(fifo, woken_in_time_is_in_time_however_late_it_runs, .timeout = 10)
{
    void *error = NULL;
    thread_t waiter = spawn(wait_for_5_ms, 'w');
    settle();
    semaphore_post(&semaphore);
    uint64_t late = thread_now() + 8000000;
    while (thread_now() < late)
        continue; /* main does not yield: the waiter is ready, and waits */
    thread_join(waiter, &error);
    cr_assert_eq((uintptr_t)error, 0);
    cr_assert_eq(semaphore_value(&semaphore), 0);
}
