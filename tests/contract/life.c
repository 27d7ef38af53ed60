/* SPDX-License-Identifier: MIT */
/* life.c - create, exit, yield, errno, stacks, names: thread.h. */
#include "contract.h"

#include <stdio.h>

/* ---- Identifiers ---- */

Test(life, main_is_thread_1, .timeout = 10)
{
    cr_assert_eq(thread_self(), 1);
}

Test(life, identifiers_count_up_from_2, .timeout = 10)
{
    cr_assert_eq(spawn(pass, NULL), 2);
    cr_assert_eq(spawn(pass, NULL), 3);
    cr_assert_eq(spawn(pass, NULL), 4);
}

Test(life, an_identifier_is_not_used_again, .timeout = 10)
{
    thread_t last = 1;
    for (int i = 0; i < 500; i++) {
        thread_t thread = spawn(pass, NULL);
        cr_assert_gt(thread, last);
        join(thread);
        last = thread;
    }
}

static void *
self_as_seen_inside(void *unused)
{
    (void)unused;
    return NUMBER(thread_self());
}

Test(life, a_thread_knows_its_own_identifier, .timeout = 10)
{
    thread_t thread = spawn(self_as_seen_inside, NULL);
    cr_assert_eq(VALUE(join(thread)), thread);
}

Test(life, create_does_without_a_place_for_the_identifier, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    cr_assert_eq(thread_create(NULL, NULL, pass_when_told, &go), 0);
    await_blocked(2, THREAD_WAIT_SEMAPHORE);
    semaphore_post(&go);
    cr_assert_eq(join(2), &go);
}

/* ---- Create refuses ---- */

Test(life, create_without_a_function_gives_EINVAL, .timeout = 10)
{
    cr_assert_eq(thread_create(NULL, NULL, NULL, NULL), EINVAL);
    cr_assert_eq(thread_list(NULL, 0), 1);
}

Test(life, create_with_a_stack_of_one_byte_gives_EINVAL, .timeout = 10)
{
    struct thread_attr attr = {.stack_size = 1};
    cr_assert_eq(thread_create(NULL, &attr, pass, NULL), EINVAL);
    cr_assert_eq(thread_list(NULL, 0), 1);
}

Test(life, create_with_an_impossible_stack_is_refused, .timeout = 10)
{
    const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 4095, SIZE_MAX / 2,
                            SIZE_MAX / 4};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct thread_attr attr = {.stack_size = sizes[i]};
        int error = thread_create(NULL, &attr, pass, NULL);
        cr_assert(error == ENOMEM || error == EAGAIN, "%zu bytes gave %d",
                  sizes[i], error);
    }
    cr_assert_eq(thread_list(NULL, 0), 1);
    cr_assert_eq(VALUE(join(spawn(pass, NUMBER(1)))), 1);
}

/* ---- Arguments and results ---- */

Test(life, an_argument_arrives_with_all_its_bits, .timeout = 10)
{
    void *arg = NUMBER(0xfedcba9876543210u);
    cr_assert_eq(join(spawn(pass, arg)), arg);
}

static void __attribute__((noinline)) innermost(void *result)
{
    thread_exit(result);
}

static void __attribute__((noinline)) in_between(void *result)
{
    innermost(result);
}

static void *
exit_from_below(void *result)
{
    in_between(result);
    return NULL;
}

Test(life, exit_ends_a_thread_from_nested_frames, .timeout = 10)
{
    void *result = NUMBER(0x123456789abcdefu);
    cr_assert_eq(join(spawn(exit_from_below, result)), result);
}

static void *
descend(void *depth)
{
    if (VALUE(depth) == 0)
        return NUMBER(1);
    thread_t child;
    void *sum = NULL;
    if (thread_create(&child, NULL, descend, NUMBER(VALUE(depth) - 1)) != 0 ||
        thread_join(child, &sum) != 0)
        return NUMBER(0);
    return NUMBER(VALUE(sum) + 1);
}

Test(life, threads_create_and_join_threads, .timeout = 10)
{
    cr_assert_eq(VALUE(join(spawn(descend, NUMBER(50)))), 51);
}

Test(life, ten_thousand_threads_one_after_the_other, .timeout = 60)
{
    for (uintptr_t i = 0; i < 10000; i++)
        cr_assert_eq(VALUE(join(spawn(pass, NUMBER(i)))), i);
    cr_assert_eq(thread_list(NULL, 0), 1);
}

Test(life, a_thousand_threads_at_once, .timeout = 60)
{
    enum { COUNT = 1000 };
    static thread_t threads[COUNT];
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    for (int i = 0; i < COUNT; i++)
        threads[i] = spawn(pass_when_told, &go);
    cr_assert_eq(thread_list(NULL, 0), COUNT + 1);
    for (int i = 0; i < COUNT; i++)
        semaphore_post(&go);
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(join(threads[i]), &go);
}

/* ---- Yield, checkpoint, errno ---- */

Test(life, yield_returns_when_nobody_else_is_ready, .timeout = 10)
{
    for (int i = 0; i < 1000; i++) {
        thread_yield();
        thread_checkpoint();
    }
}

static void *
keep_errno(void *number)
{
    for (int i = 0; i < 2000; i++) {
        errno = (int)VALUE(number);
        thread_yield();
        if (errno != (int)VALUE(number))
            return NUMBER(0);
    }
    return NUMBER(1);
}

Test(life, errno_is_each_threads_own, .timeout = 20)
{
    thread_t a = spawn(keep_errno, NUMBER(EBADF));
    thread_t b = spawn(keep_errno, NUMBER(ENOENT));
    cr_assert_eq(VALUE(keep_errno(NUMBER(ENOSPC))), 1);
    cr_assert_eq(VALUE(join(a)), 1);
    cr_assert_eq(VALUE(join(b)), 1);
}

static void *
spoil_errno(void *go)
{
    errno = EXDEV;
    semaphore_post(go);
    errno = ENOTTY;
    return NULL;
}

Test(life, a_wait_does_not_change_errno, .timeout = 10)
{
    SHARED struct semaphore go = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(spoil_errno, &go);
    errno = EDOM;
    semaphore_wait(&go);
    cr_assert_eq(errno, EDOM);
    thread_join(thread, NULL);
    cr_assert_eq(errno, EDOM);
    thread_sleep(1);
    cr_assert_eq(errno, EDOM);
}

static void *
see_errno(void *unused)
{
    (void)unused;
    return NUMBER(errno);
}

Test(life, a_new_thread_begins_with_errno_0, .timeout = 10)
{
    errno = EDOM;
    cr_assert_eq(VALUE(join(spawn(see_errno, NULL))), 0);
}

/* ---- Stacks ---- */

static void *
use_most_of_a_mebibyte(void *unused)
{
    (void)unused;
    volatile char bulk[900 * 1024];
    for (size_t i = 0; i < sizeof bulk; i += 1024)
        bulk[i] = (char)(i / 1024);
    for (size_t i = 0; i < sizeof bulk; i += 1024)
        if (bulk[i] != (char)(i / 1024))
            return NUMBER(0);
    return NUMBER(1);
}

Test(life, a_stack_is_as_large_as_was_asked, .timeout = 10)
{
    struct thread_attr attr = {.stack_size = 1024 * 1024};
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, use_most_of_a_mebibyte, NULL),
                 0);
    cr_assert_eq(VALUE(join(thread)), 1);
}

static void *
format_a_float(void *arg)
{
    char text[32]; /* vector registers are saved to an aligned stack */
    snprintf(text, sizeof text, "%.3Lf %.2f", (long double)1.5, 2.25);
    return NUMBER(strcmp(text, "1.500 2.25") == 0 && arg == NULL);
}

Test(life, a_stack_is_aligned_for_floating_point, .timeout = 10)
{
    cr_assert_eq(VALUE(join(spawn(format_a_float, NULL))), 1);
}

/* ---- Names ---- */

static const char *
name_of(thread_t thread)
{
    static struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    return info.name;
}

Test(life, a_thread_has_the_name_it_was_given, .timeout = 10)
{
    struct thread_attr attr = {.name = "reader"};
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, pass, NULL), 0);
    cr_assert_str_eq(name_of(thread), "reader");
}

Test(life, a_thread_without_a_name_has_an_empty_one, .timeout = 10)
{
    cr_assert_str_eq(name_of(spawn(pass, NULL)), "");
}

Test(life, a_name_is_cut_to_15_bytes, .timeout = 10)
{
    struct thread_attr attr = {.name = "0123456789abcdefgh"};
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, pass, NULL), 0);
    cr_assert_str_eq(name_of(thread), "0123456789abcde");
    cr_assert_eq(thread_set_name(thread, "ABCDEFGHIJKLMNOPQRS"), 0);
    cr_assert_str_eq(name_of(thread), "ABCDEFGHIJKLMNO");
}

Test(life, a_name_is_copied, .timeout = 10)
{
    char name[] = "before";
    struct thread_attr attr = {.name = name};
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, pass, NULL), 0);
    strcpy(name, "after");
    cr_assert_str_eq(name_of(thread), "before");
}

Test(life, set_name_with_0_names_the_caller, .timeout = 10)
{
    cr_assert_eq(thread_set_name(0, "chief"), 0);
    cr_assert_str_eq(name_of(1), "chief");
}
