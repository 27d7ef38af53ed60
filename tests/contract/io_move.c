/* SPDX-License-Identifier: MIT */
/* io_move.c - from one descriptor to another: io.h. */
#include "descriptors.h"

enum { SIZE = 3 << 20 };

static char block[1 << 16];

static char
pattern(size_t i)
{
    return (char)(i * 7 >> 8);
}

static int
patterned_file(void)
{
    int fd = open_file();
    for (size_t done = 0; done < SIZE; done += sizeof block) {
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = pattern(done + i);
        cr_assert_eq(write(fd, block, sizeof block), sizeof block);
    }
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static int file;

static void *
send_all(void *fd)
{
    off_t offset = 0;
    ssize_t n = thread_sendfile((int)VALUE(fd), file, &offset, SIZE + 5);
    shutdown((int)VALUE(fd), SHUT_WR);
    return NUMBER(n == offset ? n : 0);
}

Test(io, sendfile_sends_a_large_file_to_a_slow_reader, .timeout = 20)
{
    needs_suspending_io();
    int ends[2];
    size_t sum = 0;
    ssize_t n;
    open_pair(SOCK_STREAM, ends);
    file = patterned_file();
    thread_t sender = spawn(send_all, NUMBER(ends[0]));
    await_blocked(sender, THREAD_WAIT_IO);
    while (sum < SIZE && (n = thread_recv(ends[1], block, 5000, 0)) > 0)
        for (ssize_t i = 0; i < n; i++, sum++)
            if (block[i] != pattern(sum))
                cr_assert_fail("byte %zu is wrong", sum);
    cr_assert_eq(sum, SIZE);
    cr_assert_eq(VALUE(join(sender)), SIZE);
    cr_assert_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0, "as it was");
}

Test(io, sendfile_moves_the_offset_or_the_position, .timeout = 10)
{
    struct pipe p = open_pipe();
    off_t offset = 100;
    file = patterned_file();
    cr_assert_eq(thread_sendfile(p.in, file, &offset, 1000), 1000);
    cr_assert_eq(offset, 1100);
    cr_assert_eq(lseek(file, 0, SEEK_CUR), 0);
    cr_assert_eq(thread_sendfile(p.in, file, NULL, 1000), 1000);
    cr_assert_eq(lseek(file, 0, SEEK_CUR), 1000);
    cr_assert_eq(read(p.out, block, 2000), 2000);
    cr_assert_eq(block[999], pattern(1099));
    cr_assert_eq(block[1999], pattern(999));
    offset = SIZE;
    cr_assert_eq(thread_sendfile_until(p.in, file, &offset, 1, 0), 0);
}

Test(io, sendfile_by_a_deadline_tells_what_it_has_sent, .timeout = 10)
{
    int ends[2];
    off_t offset = 0;
    uint64_t deadline = in_ms(20);
    open_pair(SOCK_STREAM, ends);
    file = patterned_file();
    ssize_t n = thread_sendfile_until(ends[0], file, &offset, SIZE, deadline);
    cr_assert(n > 0 && n < SIZE, "%zd", n);
    cr_assert_eq(offset, n);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_fails(
        thread_sendfile_until(ends[0], file, &offset, SIZE, in_ms(5)),
        ETIMEDOUT);
    cr_assert_eq(offset, n);
}

Test(io, a_cancelled_sendfile_ends_and_leaves_the_socket_as_it_was,
     .timeout = 10)
{
    needs_suspending_io();
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    file = patterned_file();
    thread_t sender = spawn(send_all, NUMBER(ends[0]));
    await_blocked(sender, THREAD_WAIT_IO);
    cr_assert_eq(thread_cancel(sender), 0);
    cr_assert_eq(join(sender), THREAD_CANCELED);
    cr_assert_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
}

Test(io, what_cannot_be_moved_is_told, .timeout = 10)
{
    struct pipe p = open_pipe(), q = open_pipe();
    file = open_file();
    cr_assert_fails(thread_sendfile(p.in, 9999, NULL, 1), EBADF);
    cr_assert_fails(thread_sendfile(9999, file, NULL, 1), EBADF);
    cr_assert_fails(thread_splice(file, NULL, file, NULL, 1, 0), EINVAL);
    cr_assert_fails(thread_splice(9999, NULL, p.in, NULL, 1, 0), EBADF);
    cr_assert_fails(thread_splice_until(p.out, NULL, q.in, NULL, 1, 0, 0),
                    ETIMEDOUT);
}

static struct pipe from, to;

static void *
splice_one(void *unused)
{
    (void)unused;
    return NUMBER(thread_splice(from.out, NULL, to.in, NULL, 100, 0));
}

Test(io, splice_waits_for_both_ends, .timeout = 10)
{
    needs_suspending_io();
    from = open_pipe();
    to = open_pipe();
    size_t filled = fill(to.in);
    thread_t mover = spawn(splice_one, NULL);
    await_blocked(mover, THREAD_WAIT_IO);
    cr_assert_eq(thread_write(from.in, "late", 4), 4);
    for (int i = 0; i < 50; i++)
        thread_yield();
    struct thread_info info;
    cr_assert_eq(thread_info(mover, &info), 0);
    cr_assert_neq(info.state, THREAD_DONE, "there is no room yet");
    for (ssize_t n; filled > 0; filled -= (size_t)n)
        cr_assert_gt(n = read(to.out, block, sizeof block), 0);
    cr_assert_eq(VALUE(join(mover)), 4);
    cr_assert_eq(read(to.out, block, 8), 4);
}

Test(io, splice_takes_a_file_from_an_offset, .timeout = 10)
{
    struct pipe p = open_pipe();
    off_t offset = 300;
    file = patterned_file();
    cr_assert_eq(thread_splice(file, &offset, p.in, NULL, 50, 0), 50);
    cr_assert_eq(offset, 350);
    cr_assert_eq(read(p.out, block, 100), 50);
    cr_assert_eq(block[0], pattern(300));
}

static volatile sig_atomic_t pipe_signals;

static void
count_signal(int number)
{
    (void)number;
    pipe_signals++;
}

/* Only send and sendmsg have a flag against the signal. */
Test(io, sendfile_and_splice_to_a_closed_peer_give_EPIPE_and_SIGPIPE,
     .timeout = 10)
{
    int ends[2], page = open_file();
    struct pipe source = open_pipe(), sink = open_pipe();
    off_t start = 0;
    open_pair(SOCK_STREAM, ends);
    cr_assert_eq(write(page, "x", 1), 1);
    cr_assert_eq(write(source.in, "x", 1), 1);
    close(ends[1]);
    close(sink.out);
    signal(SIGPIPE, count_signal);
    cr_assert_fails(thread_sendfile(ends[0], page, &start, 1), EPIPE);
    cr_assert_eq(pipe_signals, 1);
    cr_assert_fails(thread_splice(source.out, NULL, sink.in, NULL, 1, 0),
                    EPIPE);
    cr_assert_eq(pipe_signals, 2);
    signal(SIGPIPE, SIG_IGN);
    cr_assert_fails(thread_sendfile(ends[0], page, &start, 1), EPIPE);
    cr_assert_eq(start, 0, "nothing was sent");
}
