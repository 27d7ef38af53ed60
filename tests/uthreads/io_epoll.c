/* SPDX-License-Identifier: MIT */
/*
 * io_epoll.c - what an engine of readiness can get wrong: a report that is
 * taken for another descriptor's, believed where none will come, or shared by
 * two who wait.
 */
#include "io.h"
#include "io_engine.h"
#include "io_help.h"
#include "sched.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int ends[2];

static void
use_epoll(int type)
{
    setenv("UTHREADS_IO", "epoll", 1);
    thread_self();
    cr_assert_eq(io_engine, &io_engine_epoll);
    cr_assert_eq(socketpair(AF_UNIX, type, 0, ends), 0);
}

static void *
receive_one(void *fd)
{
    char byte = 0;
    ssize_t n = thread_recv((int)(intptr_t)fd, &byte, 1, 0);
    return (void *)(intptr_t)(n == 1 ? byte : n);
}

static thread_t
receiver(int fd)
{
    thread_t thread = 0;
    cr_assert_eq(
        thread_create(&thread, NULL, receive_one, (void *)(intptr_t)fd), 0);
    return thread;
}

static intptr_t
result_of(thread_t thread)
{
    void *result = NULL;
    cr_assert_eq(thread_join(thread, &result), 0);
    return (intptr_t)result;
}

static void
until_waiting(size_t count)
{
    while (io_engine->pending() < count)
        thread_yield();
}

Test(epoll, a_number_that_another_socket_has_got_is_registered_anew,
     .timeout = 10)
{
    use_epoll(SOCK_STREAM);
    thread_t first = receiver(ends[0]);
    until_waiting(1);
    cr_assert_eq(write(ends[1], "a", 1), 1);
    cr_assert_eq(result_of(first), 'a');
    int number = ends[0], other[2];
    close(ends[0]); /* which the engine cannot see */
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    cr_assert_eq(other[0], number);
    thread_t second = receiver(number);
    until_waiting(1);
    cr_assert_eq(write(other[1], "b", 1), 1);
    cr_assert_eq(result_of(second), 'b');
}

Test(epoll, two_who_read_one_descriptor_get_one_byte_each, .timeout = 10)
{
    use_epoll(SOCK_STREAM);
    thread_t a = receiver(ends[0]), b = receiver(ends[0]);
    until_waiting(2);
    cr_assert_eq(write(ends[1], "x", 1), 1);
    cr_assert_eq(result_of(a), 'x');
    cr_assert_eq(io_engine->pending(), 1, "the other waits on");
    cr_assert_eq(write(ends[1], "y", 1), 1);
    cr_assert_eq(result_of(b), 'y');
}

Test(epoll, two_are_served_by_one_report, .timeout = 10)
{
    use_epoll(SOCK_STREAM);
    thread_t a = receiver(ends[0]), b = receiver(ends[0]);
    until_waiting(2);
    cr_assert_eq(write(ends[1], "xy", 2), 2);
    cr_assert_eq(result_of(a), 'x');
    cr_assert_eq(result_of(b), 'y');
}

Test(epoll, the_end_is_seen_after_a_short_read, .timeout = 10)
{
    char buf[64];
    use_epoll(SOCK_STREAM);
    thread_t first = receiver(ends[0]);
    until_waiting(1);
    cr_assert_eq(write(ends[1], "abc", 3), 3);
    close(ends[1]); /* one report of both */
    cr_assert_eq(result_of(first), 'a');
    cr_assert_eq(thread_recv(ends[0], buf, sizeof buf, 0), 2);
    cr_assert_eq(thread_recv(ends[0], buf, sizeof buf, 0), 0);
}

Test(epoll, a_short_datagram_does_not_hide_the_next, .timeout = 10)
{
    char buf[64];
    use_epoll(SOCK_DGRAM);
    thread_t first = receiver(ends[0]);
    until_waiting(1);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(write(ends[1], "d", 1), 1);
    cr_assert_eq(result_of(first), 'd');
    cr_assert_eq(thread_recv_until(ends[0], buf, sizeof buf, 0, 0), 1);
    cr_assert_eq(thread_recv_until(ends[0], buf, sizeof buf, 0, 0), 1);
}

Test(epoll, who_gives_up_leaves_the_line_to_the_others, .timeout = 10)
{
    use_epoll(SOCK_STREAM);
    thread_t a = receiver(ends[0]), b = receiver(ends[0]),
             c = receiver(ends[0]);
    until_waiting(3);
    cr_assert_eq(thread_cancel(b), 0);
    cr_assert_eq(result_of(b), (intptr_t)THREAD_CANCELED);
    cr_assert_eq(thread_cancel(c), 0);
    cr_assert_eq(result_of(c), (intptr_t)THREAD_CANCELED);
    thread_t d = receiver(ends[0]);
    until_waiting(2);
    cr_assert_eq(write(ends[1], "ad", 2), 2);
    cr_assert_eq(result_of(a), 'a');
    cr_assert_eq(result_of(d), 'd');
}

static bool stop;

static void *
always_has_something_to_do(void *unused)
{
    char byte = 'x';
    while (!stop && write(ends[1], &byte, 1) == 1)
        thread_recv(ends[0], &byte, 1, 0);
    return unused;
}

Test(epoll, a_thread_that_never_waits_lets_the_others_run, .timeout = 10)
{
    thread_t busy;
    use_epoll(SOCK_STREAM);
    cr_assert_eq(thread_create(&busy, NULL, always_has_something_to_do, NULL),
                 0);
    thread_yield(); /* does it come back? */
    stop = true;
    thread_join(busy, NULL);
}

static int
file_of(size_t bytes)
{
    FILE *file = tmpfile();
    char *block = calloc(1, bytes);
    cr_assert(file && block);
    int fd = fileno(file);
    cr_assert_eq(write(fd, block, bytes), (ssize_t)bytes);
    free(block);
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

/* What is in memory needs no helper; a large copy does, and a write. */
Test(epoll, a_file_in_memory_is_read_at_once, .timeout = 10)
{
    static char buf[1 << 20];
    use_epoll(SOCK_STREAM);
    int fd = file_of(sizeof buf);
    struct iovec v = {buf, 1};
    if (preadv2(fd, &v, 1, 0, RWF_NOWAIT) != 1)
        cr_skip_test("this file system cannot tell what is in memory");
    cr_assert_eq(thread_read(fd, buf, 4096), 4096);
    cr_assert_eq(the_sched.helpers.count, 0);
    cr_assert_eq(thread_read(fd, buf, sizeof buf), sizeof buf - 4096);
    cr_assert_eq(the_sched.helpers.count, 1);
    cr_assert_eq(thread_read(fd, buf, 1), 0);
}
