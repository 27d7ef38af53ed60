/* SPDX-License-Identifier: MIT */
/* io_pipe.c - reading and writing pipes, and deadlines: io.h. */
#include "descriptors.h"

#include <stdio.h>

/* ---- Pipes ---- */

Test(io, read_gets_what_was_written, .timeout = 10)
{
    char buf[8] = "";
    struct pipe p = open_pipe();
    cr_assert_eq(thread_write(p.in, "hello", 6), 6);
    cr_assert_eq(thread_read(p.out, buf, sizeof buf), 6);
    cr_assert_str_eq(buf, "hello");
}

Test(io, a_read_may_be_shorter_than_asked, .timeout = 10)
{
    char buf[100];
    struct pipe p = open_pipe();
    cr_assert_eq(write(p.in, "12345", 5), 5);
    cr_assert_eq(thread_read(p.out, buf, sizeof buf), 5);
}

Test(io, a_read_takes_no_more_than_asked, .timeout = 10)
{
    char buf[4] = "";
    struct pipe p = open_pipe();
    cr_assert_eq(write(p.in, "12345", 5), 5);
    cr_assert_eq(thread_read(p.out, buf, 3), 3);
    cr_assert_str_eq(buf, "123");
    cr_assert_eq(thread_read(p.out, buf, 3), 2);
}

Test(io, a_read_at_the_end_gives_0, .timeout = 10)
{
    char buf[8];
    struct pipe p = open_pipe();
    cr_assert_eq(write(p.in, "x", 1), 1);
    close(p.in);
    cr_assert_eq(thread_read(p.out, buf, sizeof buf), 1);
    cr_assert_eq(thread_read(p.out, buf, sizeof buf), 0);
    cr_assert_eq(thread_read_until(p.out, buf, sizeof buf, 0), 0);
}

Test(io, a_read_waits_for_a_write, .timeout = 10)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    SHARED struct reader r;
    r.fd = p.out;
    thread_t reader = spawn(read_there, &r);
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(thread_write(p.in, "late", 5), 5);
    join(reader);
    cr_assert_eq(r.result, 5);
    cr_assert_str_eq(r.buf, "late");
}

Test(io, a_waiting_read_ends_when_the_last_writer_closes, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    SHARED struct reader r = {.result = -1};
    r.fd = p.out;
    thread_t reader = spawn(read_there, &r);
    await_blocked(reader, THREAD_WAIT_IO);
    close(p.in);
    join(reader);
    cr_assert_eq(r.result, 0);
}

Test(io, a_mebibyte_goes_through_a_pipe_unharmed, .timeout = 20)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    unsigned char buf[5000];
    size_t sum = 0;
    ssize_t n;
    thread_t writer = spawn(write_a_mebibyte, NUMBER(p.in));
    leave_to_another(p.in);
    while ((n = thread_read(p.out, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++, sum++)
            if (buf[i] != (unsigned char)(sum * 7 >> 8))
                cr_assert_fail("byte %zu is wrong", sum);
    }
    cr_assert_eq(n, 0);
    cr_assert_eq(sum, 1 << 20);
    cr_assert_null(join(writer));
}

Test(io, a_write_to_a_full_pipe_waits_for_room, .timeout = 10)
{
    needs_suspending_io();
    static char buf[1 << 16];
    struct pipe p = open_pipe();
    size_t filled = fill(p.in);
    thread_t writer = spawn(write_a_mebibyte, NUMBER(p.in));
    leave_to_another(p.in);
    await_blocked(writer, THREAD_WAIT_IO);
    size_t sum = 0;
    ssize_t n;
    while ((n = thread_read(p.out, buf, sizeof buf)) > 0)
        sum += (size_t)n;
    cr_assert_eq(sum, filled + (1 << 20));
    join(writer);
}

static void *
read_a_byte(void *fd)
{
    unsigned char byte = 0;
    ssize_t n = thread_read((int)VALUE(fd), &byte, 1);
    return NUMBER(n == 1 ? byte : 1000);
}

Test(io, two_hundred_threads_each_read_their_own_pipe, .timeout = 20)
{
    needs_suspending_io();
    enum { COUNT = 200 };
    static struct pipe pipes[COUNT];
    static thread_t readers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        pipes[i] = open_pipe();
        readers[i] = spawn(read_a_byte, NUMBER(pipes[i].out));
    }
    for (int i = 0; i < COUNT; i++)
        await_blocked(readers[i], THREAD_WAIT_IO);
    for (int i = COUNT - 1; i >= 0; i--)
        cr_assert_eq(write(pipes[i].in, &(unsigned char){(unsigned char)i}, 1),
                     1);
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(VALUE(join(readers[i])), (unsigned)i);
}

static void *
count_bytes(void *fd)
{
    uintptr_t sum = 0;
    char byte;
    while (thread_read((int)VALUE(fd), &byte, 1) == 1)
        sum++;
    return NUMBER(sum);
}

Test(io, each_byte_goes_to_one_of_several_readers, .timeout = 20)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    thread_t readers[4];
    char bytes[500] = {0};
    uintptr_t sum = 0;
    for (int i = 0; i < 4; i++)
        readers[i] = spawn(count_bytes, NUMBER(p.out));
    for (int i = 0; i < 4; i++)
        cr_assert_eq(thread_write(p.in, bytes, sizeof bytes), 500);
    close(p.in);
    for (int i = 0; i < 4; i++)
        sum += VALUE(join(readers[i]));
    cr_assert_eq(sum, 2000);
}

Test(io, a_write_without_readers_gives_EPIPE, .timeout = 10)
{
    struct pipe p = open_pipe();
    signal(SIGPIPE, SIG_IGN);
    close(p.out);
    cr_assert_fails(thread_write(p.in, "x", 1), EPIPE);
    cr_assert_fails(thread_write_until(p.in, "x", 1, in_ms(5)), EPIPE);
}

/* ---- O_NONBLOCK is ignored ---- */

Test(io, a_nonblocking_descriptor_is_waited_for, .timeout = 10)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    set_nonblocking(p.out);
    SHARED struct reader r;
    r.fd = p.out;
    thread_t reader = spawn(read_there, &r);
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(write(p.in, "late", 5), 5);
    join(reader);
    cr_assert_eq(r.result, 5, "read gave %zd: %s", r.result, strerror(r.error));
}

Test(io, a_full_nonblocking_pipe_is_waited_for, .timeout = 20)
{
    needs_suspending_io();
    static char buf[1 << 16];
    struct pipe p = open_pipe();
    set_nonblocking(p.in);
    size_t sum = 0, filled = fill(p.in);
    ssize_t n;
    set_nonblocking(p.in);
    thread_t writer = spawn(write_a_mebibyte, NUMBER(p.in));
    leave_to_another(p.in);
    await_blocked(writer, THREAD_WAIT_IO);
    while ((n = thread_read(p.out, buf, sizeof buf)) > 0)
        sum += (size_t)n;
    cr_assert_null(join(writer));
    cr_assert_eq(sum, filled + (1 << 20));
}

Test(io, a_nonblocking_descriptor_stays_nonblocking, .timeout = 10)
{
    char byte;
    struct pipe p = open_pipe();
    set_nonblocking(p.out);
    cr_assert_fails(thread_read_until(p.out, &byte, 1, in_ms(2)), ETIMEDOUT);
    cr_assert_eq(fcntl(p.out, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    cr_assert_fails(read(p.out, &byte, 1), EAGAIN);
}

Test(io, a_blocking_descriptor_stays_blocking, .timeout = 10)
{
    char byte;
    int ends[2];
    struct pipe p = open_pipe();
    open_pair(SOCK_STREAM, ends);
    cr_assert_fails(thread_read_until(p.out, &byte, 1, in_ms(2)), ETIMEDOUT);
    cr_assert_fails(thread_recv_until(ends[0], &byte, 1, 0, 0), ETIMEDOUT);
    cr_assert_eq(fcntl(p.out, F_GETFL) & O_NONBLOCK, 0);
    cr_assert_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
}

/* ---- Deadlines ---- */

Test(io, a_read_gives_up_at_its_deadline, .timeout = 10)
{
    char byte;
    struct pipe p = open_pipe();
    uint64_t deadline = in_ms(10);
    cr_assert_fails(thread_read_until(p.out, &byte, 1, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
}

Test(io, a_past_deadline_just_looks, .timeout = 10)
{
    char buf[4];
    struct pipe p = open_pipe();
    cr_assert_fails(thread_read_until(p.out, buf, 4, 0), ETIMEDOUT);
    cr_assert_eq(write(p.in, "abc", 3), 3);
    cr_assert_eq(thread_read_until(p.out, buf, 4, 0), 3);
    cr_assert_fails(thread_read_until(p.out, buf, 4, thread_now()), ETIMEDOUT);
    cr_assert_eq(thread_write_until(p.in, "def", 3, 0), 3);
    cr_assert_eq(thread_read_until(p.out, buf, 4, 0), 3);
}

Test(io, a_write_gives_up_at_its_deadline_and_writes_nothing, .timeout = 10)
{
    static char buf[1 << 17];
    struct pipe p = open_pipe();
    size_t filled = fill(p.in);
    cr_assert_fails(thread_write_until(p.in, "x", 1, in_ms(5)), ETIMEDOUT);
    cr_assert_fails(thread_write_until(p.in, "x", 1, 0), ETIMEDOUT);
    close(p.in);
    size_t sum = 0;
    ssize_t n;
    while ((n = thread_read(p.out, buf, sizeof buf)) > 0)
        sum += (size_t)n;
    cr_assert_eq(sum, filled);
}

Test(io, what_comes_after_the_deadline_is_for_the_next_read, .timeout = 20)
{
    struct pipe p = open_pipe();
    for (int i = 0; i < 100; i++) {
        char lost[8] = "", kept[8] = "", text[8];
        snprintf(text, sizeof text, "no. %d", i);
        cr_assert_fails(
            thread_read_until(p.out, lost, 8, thread_now() + 100000),
            ETIMEDOUT);
        cr_assert_eq(write(p.in, text, sizeof text), sizeof text);
        cr_assert_eq(thread_read(p.out, kept, 8), sizeof text);
        cr_assert_str_eq(kept, text);
        cr_assert_str_eq(lost, "", "the kernel still wrote to the old buffer");
    }
}

static void *
write_at(void *arg)
{
    const struct reader *w = arg; /* fd to write to; moment in buf */
    uint64_t moment;
    memcpy(&moment, w->buf, sizeof moment);
    thread_sleep_until(moment);
    return NUMBER(thread_write(w->fd, "x", 1));
}

Test(io, a_byte_at_the_very_deadline_is_read_or_kept, .timeout = 20)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    for (int i = 0; i < 100; i++) {
        char byte = 0;
        struct reader w = {.fd = p.in};
        uint64_t deadline = thread_now() + MS;
        memcpy(w.buf, &deadline, sizeof deadline);
        thread_t writer = spawn(write_at, &w);
        ssize_t n = thread_read_until(p.out, &byte, 1, deadline);
        cr_assert(n == 1 || (n == -1 && errno == ETIMEDOUT));
        cr_assert_eq(VALUE(join(writer)), 1);
        if (n != 1)
            cr_assert_eq(thread_read(p.out, &byte, 1), 1);
        cr_assert_eq(byte, 'x');
        cr_assert_fails(thread_read_until(p.out, &byte, 1, 0), ETIMEDOUT);
    }
}

static void *
read_for_a_minute(void *fd)
{
    char byte;
    return NUMBER(thread_read_until((int)VALUE(fd), &byte, 1, in_ms(60000)) ==
                  1);
}

Test(io, a_write_before_the_deadline_ends_the_wait, .timeout = 10)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    thread_t reader = spawn(read_for_a_minute, NUMBER(p.out));
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(VALUE(join(reader)), 1);
}
