/* SPDX-License-Identifier: MIT */
/*
 * io_engine.c - the io_uring engine under load: more operations in flight than
 * the ring has entries, cancelled by the hundred, and none of them lost.
 */
#include "many_reads.h"

#include "io_sqe.h"
#include "sched.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/futex.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
needs_uring(void)
{
    sched_self();
    if (io_engine != &io_engine_uring)
        cr_skip_test("%s", io_fallback);
}

Test(engine, a_thousand_reads_are_in_flight_at_once, .timeout = 20)
{
    needs_uring();
    open_pipes();
    spawn_all(read_number);
    until_all_wait();
    for (int i = COUNT - 1; i >= 0; i--) {
        uintptr_t number = (uintptr_t)i + 1;
        cr_assert_eq(write(pipes[i][1], &number, sizeof number), sizeof number);
    }
    for (int i = 0; i < COUNT; i++) {
        void *number = NULL;
        cr_assert_eq(thread_join(threads[i], &number), 0);
        cr_assert_eq((uintptr_t)number, (uintptr_t)i + 1);
    }
    cr_assert_eq(io_engine->pending(), 0);
}

static uint64_t deadline;

static void *
read_in_vain(void *ends)
{
    char byte;
    ssize_t n = thread_read_until(((int *)ends)[0], &byte, 1, deadline);
    return (void *)(uintptr_t)(n == -1 ? errno : 0);
}

Test(engine, a_thousand_reads_are_cancelled_at_one_deadline, .timeout = 20)
{
    needs_uring();
    open_pipes();
    deadline = thread_now() + 50000000;
    spawn_all(read_in_vain);
    for (int i = 0; i < COUNT; i++) {
        void *error = NULL;
        cr_assert_eq(thread_join(threads[i], &error), 0);
        cr_assert_eq((uintptr_t)error, ETIMEDOUT);
    }
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(io_engine->pending(), 0);
    for (int i = 0; i < COUNT; i++) { /* nobody is left who would take it */
        char byte;
        cr_assert_eq(write(pipes[i][1], "x", 1), 1);
        cr_assert_eq(read(pipes[i][0], &byte, 1), 1);
    }
}

Test(engine, a_poll_of_a_thousand_leaves_nothing_pending, .timeout = 20)
{
    static struct pollfd fds[COUNT];
    needs_uring();
    open_pipes();
    for (int i = 0; i < COUNT; i++)
        fds[i] = (struct pollfd){pipes[i][0], POLLIN, 0};
    cr_assert_eq(write(pipes[777][1], "x", 1), 1);
    cr_assert_eq(thread_poll(fds, COUNT, THREAD_FOREVER), 1);
    cr_assert_eq(fds[777].revents, POLLIN);
    cr_assert_eq(io_engine->pending(), 0);
    cr_assert_eq(thread_poll(fds, COUNT, 0), 1);
    cr_assert_eq(io_engine->pending(), 0);
}

Test(engine, an_operation_is_pending_until_it_is_done, .timeout = 10)
{
    needs_uring();
    cr_assert_eq(pipe(pipes[0]), 0);
    cr_assert_eq(io_engine->pending(), 0);
    cr_assert_eq(thread_create(&threads[0], NULL, read_number, pipes[0]), 0);
    cr_assert_eq(io_engine->pending(), 0);
    thread_yield();
    cr_assert_eq(io_engine->pending(), 1);
    close(pipes[0][1]);
    thread_join(threads[0], NULL);
    cr_assert_eq(io_engine->pending(), 0);
}

static volatile bool stop;

static void *
never_idle(void *unused)
{
    while (!stop)
        thread_yield();
    return unused;
}

Test(engine, operations_complete_though_the_process_is_never_idle,
     .timeout = 10)
{
    needs_uring();
    thread_t busy, reader;
    void *number = NULL;
    cr_assert_eq(pipe(pipes[0]), 0);
    cr_assert_eq(thread_create(&busy, NULL, never_idle, NULL), 0);
    cr_assert_eq(thread_create(&reader, NULL, read_number, pipes[0]), 0);
    thread_yield();
    cr_assert_eq(write(pipes[0][1], &(uintptr_t){42}, sizeof(uintptr_t)),
                 sizeof(uintptr_t));
    thread_join(reader, &number);
    cr_assert_eq((uintptr_t)number, 42);
    stop = true;
    thread_join(busy, NULL);
}

/* ---- Whoever is alone ---- */

static uint64_t
switches_of_mine(void)
{
    struct thread_info info;
    cr_assert_eq(thread_info(thread_self(), &info), 0);
    return info.switches;
}

Test(engine, who_writes_alone_does_not_switch, .timeout = 10)
{
    char byte;
    needs_uring();
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pipes[0]), 0);
    uint64_t before = switches_of_mine();
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(thread_write(pipes[0][1], "x", 1), 1);
        cr_assert_eq(read(pipes[0][0], &byte, 1), 1);
    }
    cr_assert_eq(switches_of_mine(), before);
    cr_assert_eq(io_engine->pending(), 0);
}

static void *
note(void *noted)
{
    *(bool *)noted = true;
    return NULL;
}

static void
write_after_a_while(int fd)
{
    uint64_t until = thread_now() + 3000000;
    while (thread_now() < until)
        continue;
    cr_assert_eq(thread_write(fd, "x", 1), 1);
    cr_assert_eq(thread_write(fd, "x", 1), 1); /* not alone any more */
}

static void *
nap(void *woken)
{
    thread_sleep(1000000);
    *(bool *)woken = true;
    return NULL;
}

Test(engine, who_writes_alone_hears_of_who_is_to_wake, .timeout = 10)
{
    int other[2];
    bool woken = false;
    thread_t sleeper, reader;
    needs_uring();
    cr_assert_eq(pipe(pipes[0]), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    cr_assert_eq(thread_create(&sleeper, NULL, nap, &woken), 0);
    thread_yield();
    write_after_a_while(other[1]);
    cr_assert(woken);
    thread_join(sleeper, NULL);

    cr_assert_eq(thread_create(&reader, NULL, read_number, pipes[0]), 0);
    thread_yield();
    write_after_a_while(other[1]); /* hands the read over */
    uintptr_t number = 7;
    cr_assert_eq(write(pipes[0][1], &number, sizeof number), sizeof number);
    cr_assert_eq(io_engine->pending(), 1);
    write_after_a_while(other[1]);
    cr_assert_eq(io_engine->pending(), 0);
    thread_join(reader, NULL);
}

Test(engine, who_writes_among_others_lets_them_go_first, .timeout = 10)
{
    bool noted = false;
    thread_t other;
    needs_uring();
    cr_assert_eq(pipe(pipes[0]), 0);
    cr_assert_eq(thread_create(&other, NULL, note, &noted), 0);
    cr_assert_eq(thread_write(pipes[0][1], "x", 1), 1);
    cr_assert(noted);
    thread_join(other, NULL);
}

/* ---- What the kernel has no opcode for ---- */

static void *
wait_for_word(void *word)
{
    return thread_futex_wait(word, 0) == 0 ? word : NULL;
}

static void *
give_up_on_word(void *word)
{
    int result = thread_futex_wait_until(word, 0, thread_now() + 1000000);
    return result != 0 && errno == ETIMEDOUT ? word : NULL;
}

/* Older kernels cannot wait for a word through the ring: a helper does. */
Test(engine, what_has_no_opcode_is_a_helpers, .timeout = 20)
{
    static uint32_t word;
    thread_t thread;
    void *result;
    needs_uring();
    io_sqe_lacks[IO_FUTEX_WAIT] = true;
    cr_assert_eq(thread_create(&thread, NULL, wait_for_word, &word), 0);
    while (syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0)
        thread_yield();
    thread_join(thread, &result);
    cr_assert_eq(result, &word);
    cr_assert_eq(thread_create(&thread, NULL, give_up_on_word, &word), 0);
    thread_join(thread, &result);
    cr_assert_eq(result, &word);
    cr_assert_eq(io_engine->pending(), 0, "the ring has heard of neither");
}
