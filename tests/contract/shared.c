/* SPDX-License-Identifier: MIT */
/*
 * shared.c - what threads share, and what they do not: thread_shared_alloc,
 * and locks that lie elsewhere.
 */
#include "channel.h"
#include "contract.h"

#include <stdalign.h>
#include <unistd.h>

/* ---- Shared memory ---- */

Test(shared, memory_is_all_zero_bytes_and_aligned, .timeout = 10)
{
    for (size_t size = 0; size < 5000; size = size * 2 + 1) {
        unsigned char *memory = thread_shared_alloc(size);
        cr_assert_not_null(memory);
        cr_assert_eq((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0, "byte %zu of %zu", i, size);
    }
}

Test(shared, memory_that_is_used_again_is_zero_again, .timeout = 10)
{
    const size_t sizes[] = {1, 48, 4096, 100000, 3u << 20};
    for (size_t i = 0; i < 3 * sizeof sizes / sizeof *sizes; i++) {
        size_t size = sizes[i / 3];
        unsigned char *memory = thread_shared_alloc(size);
        for (size_t j = 0; j < size; j++)
            cr_assert_eq(memory[j], 0, "byte %zu of %zu", j, size);
        memset(memory, 0xa5, size);
        thread_shared_free(memory);
    }
    thread_shared_free(NULL);
}

Test(shared, more_than_there_can_be_gives_NULL, .timeout = 10)
{
    cr_assert_null(thread_shared_alloc(SIZE_MAX));
    cr_assert_null(thread_shared_alloc(SIZE_MAX / 4));
}

static void *
add_one(void *number)
{
    __atomic_add_fetch((int *)number, 1, __ATOMIC_SEQ_CST);
    return number;
}

Test(shared, later_threads_see_it, .timeout = 10)
{
    int *number = thread_shared_alloc(sizeof *number);
    *number = 5;
    cr_assert_eq(join(spawn(add_one, number)), number);
    cr_assert_eq(*number, 6);
}

SHARED struct channel numbers_to_count;

/* Count up each number that is sent, and tell when that is done. */
static void *
count_them_up(void *done)
{
    int *number;
    while (channel_receive(&numbers_to_count, &number) == 0) {
        add_one(number);
        semaphore_post(done);
    }
    return NULL;
}

Test(shared, earlier_threads_see_it, .timeout = 10)
{
    SHARED struct semaphore done;
    channel_init(&numbers_to_count, sizeof(int *), 0);
    thread_t earlier = spawn(count_them_up, &done);
    for (int i = 0; i < 10; i++) {
        int *number = thread_shared_alloc((size_t)10000 * (unsigned)(i + 1));
        channel_send(&numbers_to_count, &number);
        semaphore_wait(&done);
        cr_assert_eq(*number, 1);
    }
    channel_close(&numbers_to_count);
    join(earlier);
}

static void *
make_a_number(void *unused)
{
    int *number = thread_shared_alloc(sizeof *number);
    (void)unused;
    *number = 7;
    return number;
}

Test(shared, what_a_thread_allocates_outlives_it, .timeout = 10)
{
    int *number = join(spawn(make_a_number, NULL));
    cr_assert_eq(*number, 7);
    thread_shared_free(number);
}

enum { TIMES = 300 };

/* Allocate, write, and find it all unharmed. */
static void *
allocate_often(void *letter)
{
    unsigned char *kept[8] = {0};
    for (int i = 0; i < TIMES; i++) {
        size_t size = (size_t)(i * 37 % 2000 + 1);
        unsigned char **place = &kept[i % 8];
        if (*place && **place != (unsigned char)VALUE(letter))
            return NUMBER(1);
        thread_shared_free(*place);
        *place = thread_shared_alloc(size);
        if ((*place)[0] != 0 || (*place)[size - 1] != 0)
            return NUMBER(2);
        memset(*place, (int)VALUE(letter), size);
        thread_yield();
    }
    return NUMBER(0);
}

Test(shared, no_two_threads_get_the_same_memory, .timeout = 20)
{
    thread_t threads[4];
    for (unsigned i = 0; i < 4; i++)
        threads[i] = spawn(allocate_often, NUMBER('a' + i));
    for (int i = 0; i < 4; i++)
        cr_assert_eq(VALUE(join(threads[i])), 0);
}

/* ---- What is not shared is a copy ---- */

static struct mutex lonely_mutex;
static struct semaphore lonely_semaphore;
static struct channel lonely_channel;
static struct thread_once lonely_once;
static int times_done;

static void
do_it(void)
{
    times_done++;
}

static void *
use_them_all(void *unused)
{
    int item = 5;
    mutex_lock(&lonely_mutex);
    semaphore_post(&lonely_semaphore);
    channel_send(&lonely_channel, &item);
    thread_once(&lonely_once, do_it);
    return unused;
}

Test(shared, a_lock_that_lies_elsewhere_is_shared_as_claimed, .timeout = 10)
{
    bool shared = thread_model()->shares_memory;
    channel_init(&lonely_channel, sizeof(int), 1);
    join(spawn(use_them_all, NULL));
    cr_assert_eq(mutex_trylock(&lonely_mutex), shared ? EBUSY : 0);
    cr_assert_eq(semaphore_value(&lonely_semaphore), shared ? 1 : 0);
}

Test(shared, a_channel_that_lies_elsewhere_is_shared_as_claimed, .timeout = 10)
{
    bool shared = thread_model()->shares_memory;
    int item = 3;
    channel_init(&lonely_channel, sizeof item, 2);
    channel_send(&lonely_channel, &item);
    join(spawn(use_them_all, NULL));
    cr_assert_eq(channel_length(&lonely_channel), shared ? 2 : 1);
    cr_assert_eq(channel_receive(&lonely_channel, &item), 0);
    cr_assert_eq(item, 3);
    cr_assert_eq(channel_receive_until(&lonely_channel, &item, 0),
                 shared ? 0 : ETIMEDOUT);
    cr_assert_eq(channel_destroy(&lonely_channel), 0);
}

Test(shared, a_once_that_lies_elsewhere_is_shared_as_claimed, .timeout = 10)
{
    channel_init(&lonely_channel, sizeof(int), 1);
    join(spawn(use_them_all, NULL));
    thread_once(&lonely_once, do_it);
    cr_assert_eq(times_done, 1, "each who shares nothing does it once");
}

static int ends[2];

static void *
close_one_end(void *unused)
{
    close(ends[0]);
    return unused;
}

Test(shared, a_descriptor_is_everybodys_as_claimed, .timeout = 10)
{
    cr_assert_eq(pipe(ends), 0);
    join(spawn(close_one_end, NULL));
    cr_assert_eq(close(ends[0]) == 0, !thread_model()->shares_memory);
}

static thread_key_t key;

static void *
make_the_key(void *unused)
{
    thread_key_create(&key, NULL);
    return unused;
}

Test(shared, a_key_is_everybodys_as_claimed, .timeout = 10)
{
    join(spawn(make_the_key, NULL));
    cr_assert_eq(thread_key_set(key, "v") == 0, thread_model()->shares_memory);
}
