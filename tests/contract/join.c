/* SPDX-License-Identifier: MIT */
/* join.c - what becomes of a thread that has ended: join and detach. */
#include "contract.h"

/* Wait until a detached thread is gone for good. */
static void
await_gone(thread_t thread)
{
    struct thread_info info;
    while (thread_info(thread, &info) == 0)
        thread_yield();
}

/* ---- Join ---- */

Test(join, join_does_without_a_place_for_the_result, .timeout = 10)
{
    thread_t thread = spawn(pass, NUMBER(7));
    cr_assert_eq(thread_join(thread, NULL), 0);
}

Test(join, the_result_waits_for_a_late_join, .timeout = 10)
{
    thread_t thread = spawn(pass, NUMBER(42));
    await_done(thread);
    cr_assert_eq(VALUE(join(thread)), 42);
}

static void *
raise_flag(void *flag)
{
    for (int i = 0; i < 100; i++)
        thread_yield();
    *(volatile int *)flag = 1;
    return NULL;
}

Test(join, join_waits_for_the_end, .timeout = 10)
{
    SHARED volatile int flag;
    join(spawn(raise_flag, (void *)&flag));
    cr_assert_eq(flag, 1);
}

static void *
join_thread(void *thread)
{
    void *result = NULL;
    int error = thread_join((thread_t)VALUE(thread), &result);
    return error ? NUMBER(error) : result;
}

Test(join, any_thread_may_join_any_other, .timeout = 10)
{
    thread_t brother = spawn(pass, NUMBER(1000));
    cr_assert_eq(VALUE(join(spawn(join_thread, NUMBER(brother)))), 1000);
}

/* ---- Join and detach refuse ---- */

Test(join, an_identifier_never_given_out_gives_ESRCH, .timeout = 10)
{
    struct thread_info info;
    const thread_t strangers[] = {2, 999, 65, ~0ul};
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        cr_assert_eq(thread_join(strangers[i], NULL), ESRCH);
        cr_assert_eq(thread_detach(strangers[i]), ESRCH);
        cr_assert_eq(thread_set_name(strangers[i], "x"), ESRCH);
        cr_assert_eq(thread_info(strangers[i], &info), ESRCH);
    }
    cr_assert_eq(thread_join(0, NULL), ESRCH);
    cr_assert_eq(thread_detach(0), ESRCH);
    cr_assert_eq(thread_info(0, &info), ESRCH);
}

Test(join, a_joined_thread_gives_ESRCH, .timeout = 10)
{
    struct thread_info info;
    thread_t thread = spawn(pass, NULL);
    join(thread);
    cr_assert_eq(thread_join(thread, NULL), ESRCH);
    cr_assert_eq(thread_detach(thread), ESRCH);
    cr_assert_eq(thread_set_name(thread, "x"), ESRCH);
    cr_assert_eq(thread_info(thread, &info), ESRCH);
}

Test(join, joining_a_detached_thread_gives_EINVAL, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(pass_when_told, &go);
    cr_assert_eq(thread_detach(thread), 0);
    cr_assert_eq(thread_join(thread, NULL), EINVAL);
    semaphore_post(&go);
    await_gone(thread);
}

Test(join, a_second_joiner_gets_EINVAL, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(pass_when_told, &go);
    thread_t joiner = spawn(join_thread, NUMBER(thread));
    await_blocked(joiner, THREAD_WAIT_JOIN);
    cr_assert_eq(thread_join(thread, NULL), EINVAL);
    cr_assert_eq(thread_detach(thread), EINVAL);
    semaphore_post(&go);
    cr_assert_eq(join(joiner), &go);
}

static void *
join_myself(void *unused)
{
    (void)unused;
    return NUMBER(thread_join(thread_self(), NULL));
}

Test(join, joining_oneself_gives_EDEADLK, .timeout = 10)
{
    cr_assert_eq(thread_join(thread_self(), NULL), EDEADLK);
    thread_t thread = spawn(join_myself, NULL);
    await_done(thread);
    cr_assert_eq(VALUE(join(thread)), EDEADLK);
}

/* A circle of joins: each member waits to be told whom to join. */
struct member {
    struct semaphore go;
    struct semaphore answered;
    thread_t victim;
    int error;
};

static void *
join_victim(void *arg)
{
    struct member *m = arg;
    semaphore_wait(&m->go);
    m->error = thread_join(m->victim, NULL);
    semaphore_post(&m->answered);
    return NULL;
}

/* Let n threads join each other in a circle, one after the other; the last
 * one would close it. */
static void
close_circle(struct member *members, int n)
{
    thread_t threads[8];
    for (int i = 0; i < n; i++)
        threads[i] = spawn(join_victim, &members[i]);
    for (int i = 0; i < n; i++) {
        members[i].victim = threads[(i + 1) % n];
        semaphore_post(&members[i].go);
        if (i < n - 1)
            await_blocked(threads[i], THREAD_WAIT_JOIN);
    }
    for (int i = 0; i < n; i++)
        semaphore_wait(&members[i].answered);
    join(threads[0]); /* the others were joined in the circle */
}

Test(join, two_threads_that_join_each_other_get_EDEADLK, .timeout = 10)
{
    SHARED struct member members[2] = {{.error = -1}, {.error = -1}};
    close_circle(members, 2);
    cr_assert_eq(members[0].error, 0);
    cr_assert_eq(members[1].error, EDEADLK);
}

Test(join, a_circle_of_three_joins_gives_EDEADLK, .timeout = 10)
{
    SHARED struct member members[3] = {
        {.error = -1}, {.error = -1}, {.error = -1}};
    close_circle(members, 3);
    cr_assert_eq(members[0].error, 0);
    cr_assert_eq(members[1].error, 0);
    cr_assert_eq(members[2].error, EDEADLK);
}

static void *
join_main(void *unused)
{
    (void)unused;
    thread_join(1, NULL);
    return NULL;
}

Test(join, joining_main_while_main_joins_gives_EDEADLK, .timeout = 10)
{
    thread_t thread = spawn(join_main, NULL);
    await_blocked(thread, THREAD_WAIT_JOIN);
    cr_assert_eq(thread_join(thread, NULL), EDEADLK);
}

/* ---- Detach ---- */

Test(join, a_detached_thread_is_gone_when_it_ends, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(pass_when_told, &go);
    cr_assert_eq(thread_detach(thread), 0);
    semaphore_post(&go);
    await_gone(thread);
    cr_assert_eq(thread_join(thread, NULL), ESRCH);
    cr_assert_eq(thread_list(NULL, 0), 1);
}

Test(join, a_thread_may_be_born_detached, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    struct thread_attr attr = {.detached = true};
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, pass_when_told, &go), 0);
    cr_assert_eq(thread_join(thread, NULL), EINVAL);
    cr_assert_eq(thread_detach(thread), EINVAL);
    semaphore_post(&go);
    await_gone(thread);
}

Test(join, detaching_an_ended_thread_frees_it, .timeout = 10)
{
    struct thread_info info;
    thread_t thread = spawn(pass, NULL);
    await_done(thread);
    cr_assert_eq(thread_detach(thread), 0);
    cr_assert_eq(thread_info(thread, &info), ESRCH);
}

Test(join, detaching_twice_gives_EINVAL, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(pass_when_told, &go);
    cr_assert_eq(thread_detach(thread), 0);
    cr_assert_eq(thread_detach(thread), EINVAL);
    semaphore_post(&go);
    await_gone(thread);
}

static void *
detach_myself(void *done)
{
    *(int *)done = thread_detach(thread_self()) == 0;
    return NULL;
}

Test(join, a_thread_may_detach_itself, .timeout = 10)
{
    SHARED int detached;
    thread_t thread = spawn(detach_myself, &detached);
    await_gone(thread);
    cr_assert(detached);
}

static void *
count_up(void *semaphore)
{
    semaphore_post(semaphore);
    return NULL;
}

Test(join, thousands_of_detached_threads_leave_nothing, .timeout = 60)
{
    SHARED struct semaphore ended = SEMAPHORE_INITIALIZER(0);
    struct thread_attr attr = {.detached = true};
    for (int i = 0; i < 3000; i++) {
        cr_assert_eq(thread_create(NULL, &attr, count_up, &ended), 0);
        semaphore_wait(&ended);
    }
    while (thread_list(NULL, 0) > 1)
        thread_yield();
}
