/* SPDX-License-Identifier: MIT */
/* sched.c - the order in which user-level threads run is exact. */
#include "sched.h"

#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NUMBER(n) ((void *)(uintptr_t)(n))

/* What happened, a letter an event. */
static char story[256];

static void
tell(char letter)
{
    size_t n = strlen(story);
    cr_assert_lt(n, sizeof story - 1);
    story[n] = letter;
}

static thread_t
spawn(void *(*fn)(void *), void *arg)
{
    thread_t thread = 0;
    cr_assert_eq(thread_create(&thread, NULL, fn, arg), 0);
    return thread;
}

static enum thread_state
state_of(thread_t thread)
{
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    return info.state;
}

static void *
three_turns(void *letter)
{
    for (int i = 0; i < 3; i++) {
        tell((char)(uintptr_t)letter);
        thread_yield();
    }
    return NULL;
}

Test(sched, create_does_not_run_the_new_thread, .timeout = 10)
{
    thread_t a = spawn(three_turns, NUMBER('a'));
    cr_assert_str_eq(story, "");
    cr_assert_eq(state_of(a), THREAD_READY);
    thread_join(a, NULL);
    cr_assert_str_eq(story, "aaa");
}

Test(sched, round_robin_takes_turns_in_order_of_creation, .timeout = 10)
{
    thread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = spawn(three_turns, NUMBER('a' + i));
    for (int i = 0; i < 4; i++) {
        tell('m');
        thread_yield();
    }
    cr_assert_str_eq(story, "mabcmabcmabcm");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(state_of(threads[i]), THREAD_DONE);
}

static struct semaphore gate = SEMAPHORE_INITIALIZER(0);

static void *
wait_at_gate(void *letter)
{
    semaphore_wait(&gate);
    tell((char)(uintptr_t)letter);
    return NULL;
}

Test(sched, a_woken_thread_goes_to_the_back, .timeout = 10)
{
    spawn(wait_at_gate, NUMBER('w'));
    thread_yield();
    spawn(three_turns, NUMBER('a'));
    semaphore_post(&gate);
    spawn(three_turns, NUMBER('b'));
    tell('m');
    thread_yield();
    tell('m');
    cr_assert_str_eq(story, "mawbm");
}

Test(sched, waking_does_not_switch, .timeout = 10)
{
    thread_t w = spawn(wait_at_gate, NUMBER('w'));
    thread_yield();
    cr_assert_eq(state_of(w), THREAD_BLOCKED);
    semaphore_post(&gate);
    cr_assert_eq(state_of(w), THREAD_READY);
    cr_assert_str_eq(story, "");
}

Test(sched, a_thread_alone_yields_to_itself, .timeout = 10)
{
    struct thread_info before, after;
    thread_info(1, &before);
    for (int i = 0; i < 100; i++)
        thread_yield();
    thread_info(1, &after);
    cr_assert_eq(after.switches, before.switches);
    cr_assert_eq(after.state, THREAD_RUNNING);
}

Test(sched, each_turn_is_one_switch, .timeout = 10)
{
    struct thread_info info;
    thread_t a = spawn(three_turns, NUMBER('a'));
    thread_info(a, &info);
    cr_assert_eq(info.switches, 0);
    for (uint64_t turn = 1; turn <= 4; turn++) {
        thread_yield();
        thread_info(a, &info);
        cr_assert_eq(info.switches, turn);
    }
    cr_assert_eq(info.state, THREAD_DONE);
}

static void *
wake_up_soon(void *flag)
{
    thread_sleep(3000000);
    *(volatile bool *)flag = true;
    return NULL;
}

static void *
yield_until(void *flag)
{
    while (!*(volatile bool *)flag)
        thread_yield();
    return NULL;
}

Test(sched, events_are_heard_though_somebody_is_always_ready, .timeout = 10)
{
    volatile bool awake = false;
    spawn(wake_up_soon, (void *)&awake);
    thread_t a = spawn(yield_until, (void *)&awake);
    yield_until((void *)&awake);
    cr_assert_eq(thread_join(a, NULL), 0);
}

static void *
set_errno_and_leave(void *unused)
{
    errno = EXDEV;
    thread_yield();
    errno = ENOTTY;
    return unused;
}

Test(sched, errno_comes_back_after_every_kind_of_switch, .timeout = 10)
{
    thread_t a = spawn(set_errno_and_leave, NULL);
    errno = EDOM;
    thread_yield();
    cr_assert_eq(errno, EDOM);
    thread_join(a, NULL); /* blocks; a ends */
    cr_assert_eq(errno, EDOM);
    thread_sleep(1000000); /* the idle thread runs */
    cr_assert_eq(errno, EDOM);
}

/* ---- What the scheduler keeps in mind ---- */

Test(sched, its_counts_are_those_of_the_threads, .timeout = 10)
{
    const struct sched *s = sched_self();
    cr_assert_eq(s->current, &s->main);
    cr_assert_eq(s->alive, 1);
    cr_assert_eq(s->table.used, 1);
    thread_t a = spawn(three_turns, NUMBER('a'));
    cr_assert_eq(s->alive, 2);
    while (state_of(a) != THREAD_DONE)
        thread_yield();
    cr_assert_eq(s->alive, 1);
    cr_assert_eq(s->table.used, 2, "it waits to be joined");
    thread_join(a, NULL);
    cr_assert_eq(s->table.used, 1);
    cr_assert(list_empty(&s->ready.threads));
}

static void *
three_turns_in_silence(void *unused)
{
    for (int i = 0; i < 3; i++)
        thread_yield();
    return unused;
}

static void *
where_am_i(void *unused)
{
    (void)unused;
    return the_sched.current->stack.low;
}

Test(sched, the_stack_of_a_dead_thread_is_used_again, .timeout = 10)
{
    void *first = NULL, *second = NULL;
    thread_join(spawn(where_am_i, NULL), &first);
    thread_join(spawn(where_am_i, NULL), &second);
    cr_assert_not_null(first);
    cr_assert_eq(first, second);
}

/* Detached threads that end one right after the other. */
static void
end_in_a_row(int count)
{
    struct thread_attr attr = {.detached = true};
    for (int i = 0; i < count; i++)
        cr_assert_eq(thread_create(NULL, &attr, three_turns_in_silence, NULL),
                     0);
    while (sched_self()->alive > 1)
        thread_yield();
}

Test(sched, no_stack_of_a_detached_dead_thread_is_lost, .timeout = 10)
{
    char *lowest = NULL, *highest = NULL;
    for (int i = 0; i < 500; i++) {
        void *low = NULL;
        end_in_a_row(i % 5);
        thread_join(spawn(where_am_i, NULL), &low);
        lowest = !lowest || (char *)low < lowest ? low : lowest;
        highest = (char *)low > highest ? low : highest;
    }
    cr_assert_lt(highest - lowest, 16 * (STACK_DEFAULT + 4096),
                 "the same few stacks are used over and over");
}
