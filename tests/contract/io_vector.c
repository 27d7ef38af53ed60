/* SPDX-License-Identifier: MIT */
/* io_vector.c - many buffers at once, and messages: io.h. */
#include "descriptors.h"

#include <limits.h>

SHARED char one[4], two[4], three[8];
static const struct iovec pieces[] = {{one, 3}, {two, 2}, {three, 8}};

static void
empty_pieces(void)
{
    memset(one, 0, sizeof one);
    memset(two, 0, sizeof two);
    memset(three, 0, sizeof three);
}

static void
set_pieces(void)
{
    memcpy(one, "abc", 4);
    memcpy(two, "de", 3);
    memcpy(three, "fghijkl", 8);
}

Test(io, readv_fills_one_buffer_after_the_other, .timeout = 10)
{
    struct pipe p = open_pipe();
    empty_pieces();
    cr_assert_eq(write(p.in, "abcdefg", 7), 7);
    cr_assert_eq(thread_readv(p.out, pieces, 3), 7);
    cr_assert_str_eq(one, "abc");
    cr_assert_str_eq(two, "de");
    cr_assert_str_eq(three, "fg");
}

Test(io, writev_empties_one_buffer_after_the_other, .timeout = 10)
{
    char got[16] = "";
    struct pipe p = open_pipe();
    set_pieces();
    cr_assert_eq(thread_writev(p.in, pieces, 3), 13);
    cr_assert_eq(read(p.out, got, sizeof got), 13);
    cr_assert_str_eq(got, "abcdefghijkl");
}

Test(io, preadv_and_pwritev_leave_the_position_alone, .timeout = 10)
{
    int fd = open_file();
    set_pieces();
    cr_assert_eq(thread_pwritev(fd, pieces, 3, 5), 13);
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 0);
    empty_pieces();
    cr_assert_eq(thread_preadv(fd, pieces, 2, 6), 5);
    cr_assert_str_eq(one, "bcd");
    cr_assert_str_eq(two, "ef");
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 0);
    cr_assert_eq(thread_preadv_until(fd, pieces, 2, 100, in_ms(5000)), 0);
}

Test(io, a_file_is_read_and_written_in_pieces_at_its_position, .timeout = 10)
{
    int fd = open_file();
    set_pieces();
    cr_assert_eq(thread_writev(fd, pieces, 2), 5);
    cr_assert_eq(thread_writev_until(fd, pieces, 2, in_ms(5000)), 5);
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 10);
    cr_assert_eq(lseek(fd, 3, SEEK_SET), 3);
    empty_pieces();
    cr_assert_eq(thread_readv_until(fd, pieces, 2, in_ms(5000)), 5);
    cr_assert_str_eq(one, "dea");
    cr_assert_str_eq(two, "bc");
}

Test(io, what_is_wrong_with_pieces_is_told, .timeout = 10)
{
    static struct iovec many[IOV_MAX + 1];
    struct pipe p = open_pipe();
    int file = open_file();
    cr_assert_fails(thread_readv(9999, pieces, 2), EBADF);
    cr_assert_fails(thread_writev(9999, pieces, 2), EBADF);
    cr_assert_fails(thread_readv(file, many, IOV_MAX + 1), EINVAL);
    cr_assert_fails(thread_writev(file, many, -1), EINVAL);
    cr_assert_fails(thread_preadv(file, pieces, 2, -1), EINVAL);
    cr_assert_fails(thread_pwritev(file, pieces, 2, -1), EINVAL);
    cr_assert_fails(thread_preadv(p.out, pieces, 2, 0), ESPIPE);
    cr_assert_fails(thread_pwritev(p.in, pieces, 2, 0), ESPIPE);
}

Test(io, pieces_give_up_at_their_deadline_and_lose_nothing, .timeout = 10)
{
    struct pipe p = open_pipe();
    uint64_t deadline = in_ms(10);
    empty_pieces();
    cr_assert_fails(thread_readv_until(p.out, pieces, 3, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(thread_writev_until(p.in, pieces, 1, 0), 3);
    cr_assert_eq(thread_readv_until(p.out, pieces, 3, 0), 3);
    fill(p.in);
    cr_assert_fails(thread_writev_until(p.in, pieces, 3, in_ms(5)), ETIMEDOUT);
}

static void *
readv_there(void *fd)
{
    return NUMBER(thread_readv((int)VALUE(fd), pieces, 3));
}

Test(io, readv_waits_for_a_write, .timeout = 10)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    empty_pieces();
    set_nonblocking(p.out);
    thread_t reader = spawn(readv_there, NUMBER(p.out));
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(thread_write(p.in, "late", 4), 4);
    cr_assert_eq(VALUE(join(reader)), 4);
    cr_assert_str_eq(two, "e");
}

/* ---- Messages ---- */

/* A message of one buffer, with room for one descriptor on the side. */
struct letter {
    struct msghdr header;
    struct iovec piece;
    _Alignas(struct cmsghdr) char side[CMSG_SPACE(sizeof(int))];
};

static struct msghdr *
letter(struct letter *l, char *text, size_t size)
{
    l->piece = (struct iovec){text, size};
    l->header = (struct msghdr){.msg_iov = &l->piece,
                                .msg_iovlen = 1,
                                .msg_control = l->side,
                                .msg_controllen = sizeof l->side};
    return &l->header;
}

static void
enclose(struct letter *l, int fd)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(&l->header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

static int
enclosed(struct letter *l)
{
    int fd = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&l->header);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

Test(io, a_message_takes_a_descriptor_along, .timeout = 10)
{
    int ends[2];
    char text[8] = "";
    struct letter sent, got;
    struct pipe p = open_pipe();
    open_pair(SOCK_STREAM, ends);
    letter(&sent, (char[]){"take"}, 5);
    enclose(&sent, p.in);
    cr_assert_eq(thread_sendmsg(ends[0], &sent.header, 0), 5);
    cr_assert_eq(thread_recvmsg(ends[1], letter(&got, text, 8), 0), 5);
    cr_assert_str_eq(text, "take");
    int fd = enclosed(&got);
    cr_assert_geq(fd, 0);
    cr_assert_neq(fd, p.in);
    cr_assert_eq(write(fd, "x", 1), 1);
    cr_assert_eq(read(p.out, text, 8), 1);
}

Test(io, a_message_longer_than_its_buffer_is_cut, .timeout = 10)
{
    int ends[2];
    char text[4];
    struct letter sent, got;
    open_pair(SOCK_DGRAM, ends);
    letter(&sent, (char[]){"much"}, 4)->msg_controllen = 0;
    cr_assert_eq(thread_sendmsg_until(ends[0], &sent.header, 0, 0), 4);
    letter(&got, text, 2);
    cr_assert_eq(thread_recvmsg_until(ends[1], &got.header, 0, 0), 2);
    cr_assert(got.header.msg_flags & MSG_TRUNC);
}

Test(io, messages_give_up_at_their_deadline, .timeout = 10)
{
    int ends[2];
    char text[4] = "abc";
    struct letter l;
    uint64_t deadline = in_ms(10);
    open_pair(SOCK_STREAM, ends);
    letter(&l, text, 4);
    cr_assert_fails(thread_recvmsg_until(ends[0], &l.header, 0, deadline),
                    ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_fails(thread_recvmsg(ends[0], &l.header, MSG_DONTWAIT), EAGAIN);
    fill(ends[0]);
    letter(&l, text, 4)->msg_controllen = 0;
    cr_assert_fails(thread_sendmsg_until(ends[0], &l.header, 0, in_ms(10)),
                    ETIMEDOUT);
}

Test(io, a_message_to_a_closed_peer_gives_EPIPE_without_SIGPIPE, .timeout = 10)
{
    int ends[2];
    struct letter l;
    open_pair(SOCK_STREAM, ends);
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
    letter(&l, (char[]){"abc"}, 3)->msg_controllen = 0;
    cr_assert_fails(thread_sendmsg(ends[0], &l.header, 0), EPIPE);
    cr_assert_fails(thread_sendmsg(9999, &l.header, 0), EBADF);
    cr_assert_fails(thread_recvmsg(9999, &l.header, 0), EBADF);
}

static void *
recvmsg_there(void *fd)
{
    char text[8];
    struct letter l;
    return NUMBER(thread_recvmsg((int)VALUE(fd), letter(&l, text, 8), 0));
}

Test(io, a_recvmsg_waits_for_a_message, .timeout = 10)
{
    needs_suspending_io();
    int ends[2];
    open_pair(SOCK_STREAM, ends);
    set_nonblocking(ends[0]);
    thread_t reader = spawn(recvmsg_there, NUMBER(ends[0]));
    await_blocked(reader, THREAD_WAIT_IO);
    cr_assert_eq(thread_send(ends[1], "late", 4, 0), 4);
    cr_assert_eq(VALUE(join(reader)), 4);
}
